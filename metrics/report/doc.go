// Package report puts together what a council or a funder wants to know about one period, from what was released and
// from what a coordinator entered by hand.
//
// New makes one structure, sections of parts of tables of cells, and CSV, XLSX, JSON and HTML are four writers over it:
// a figure that one of them shows is in all of them, with the same interval and the same remark.
//
// What cannot be known is a cell too, with the reason. Nothing is left blank: a blank is read as nought.
//
// # What may not happen here
//
// A released figure under its threshold goes into a cell as "fewer than N" and in no other way, so that no writer can
// show more. A line marked small has no exact figures of its own, however many others are marked, and an exact count under
// Floor is in no writer either: see Services.
package report
