// Package pages serves what a person at the simulator's machine opens: the
// console, the start page, the list of phones, and one phone (simulator
// contract, section 3). The console and a phone are shells: what they show
// comes from the control API and over the phone's websocket.
package pages
