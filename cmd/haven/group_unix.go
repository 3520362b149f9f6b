//go:build unix

package main

import "syscall"

// ownGroup puts a child where a terminal's Ctrl-C does not reach it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
