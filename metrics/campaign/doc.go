// Package campaign makes what a campaign hands out: links, QR codes and posters. It also holds the rule for names: a
// figure stands beside the name of a campaign and a channel, so neither may be the name of a person.
package campaign
