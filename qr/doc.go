// Package qr gives codes meaning and pictures: what a code says, how it is
// drawn, and what scanning it means (QR contract, sections 5, 7, 8 and 10).
package qr
