// Package faults breaks whole deployments in the middle of chats: real nodes, a real Redis, alone or a primary with
// replicas and Sentinels, and the lines between them. What people do meanwhile, and what was promised to them, is
// chat/fault's. It holds nothing but tests, apart from those of cmd/haven so that they run beside them.
package faults
