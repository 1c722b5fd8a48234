// Package pages serves what a person at the simulator's machine opens: the
// start page, the list of phones, and one phone (simulator contract, section
// 3). A phone's page is a shell; what it shows comes over its websocket.
package pages
