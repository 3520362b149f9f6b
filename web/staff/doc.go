// Package staff keeps the accounts of those who answer: names, passwords, sessions and the tickets that open a desk.
// All of it is in Redis, so every node knows everybody; nothing of a young person ever comes here.
//
// A session and a ticket are random bytes of which Redis holds only the SHA-256: who reads the store cannot log in
// with it. A session names its account and the account's generation; passwd and disable raise the generation, which
// ends all sessions and tickets of before without a list of them.
package staff
