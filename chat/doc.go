// Package chat is the two websocket endpoints, /chat for a young person and /desk for a counsellor, and the registry
// of the sockets that are open on this node. It knows no Redis and no HTML, and asks nobody who they are.
//
// # Frames
//
// Subprotocol haven.1; one JSON object per text frame, its type in "t". Package frame is their codec and says what is
// a bad frame. In order of a talk:
//
//	young person                          server                                counsellor
//	                          <- hello {store lines phones} ->
//	visit {campaign? channel?}                                       enter {ticket}
//	                                                       desk {state capacity chats wrapups lines} ->
//	join {line pk lang? topic? urgent? campaign? channel?}           ready {capacity}
//	<- waiting {chat token share ahead wait_s nobody? why? closes? for? for_s? line?}
//	anyone
//	                                       offer {offer chat line lang topic urgent waited_s ring_s pk} ->
//	                                                                 accept {offer pk}
//	<- joined {e pk name line}                            assigned {chat e pk seq share asked?} ->
//	confirm {e tag}                                                  confirm {chat e tag}
//	<- confirm {e tag}                                                  confirm {chat e tag} ->
//	msg {e n id k iv ct}
//	<- ack {id seq}                                           msg {chat seq from e n id k iv ct} ->
//	                                                                 read {chat seq}
//	<- read {seq}
//	leave
//	<- ended {reason opens? instead phones}                             ended {chat reason} ->
//	                                                       wrapup {chat kind outcome parent topic heavy? referral?}
//
// Beside these: refused for a join that finds no place; resume {chat token after campaign? channel?} and
// resume {chat after pk?} for a chat that goes on on another socket; away and gone {chat}, back {chat}; quiet, hide;
// code {words days?}; rest, take, decline, withdrawn, end; beat; bye; error {code re chat?}. code and a join with a
// return code are answered not_now where the deployment gives none out.
//
// # Handover
//
//	young person                          server                                counsellor
//	                                                                 handover {chat to slip?}
//	<- handover {offer line name slip?}
//	consent {offer yes history?}                         handover {chat result: yes offer} ->
//	                                          offer {... from} -> the other counsellor
//	<- joined {e+1 pk name line}                       handover {chat result: moved offer} ->
//
// The first counsellor has the chat, and talks, until moved. Where it comes to nothing she hears no or nobody, and the
// young person, who was asked, hears joined once more with the same e: she stays. keep {chat} takes a question back, and
// a new handover replaces it. A page that comes back after yes hears the question with agreed: true, and has nothing to
// answer. slip is the id of the sealed card that goes along; who reads it on the other side gets it from the young
// person's own page, like the history. A place in line is asked the same question, with name "", before it goes to another
// line; waiting follows where that comes to nothing.
//
// assigned has asked {offer result} where anything was ever asked in this chat: the newest question and how it stands, asked
// or one of the results. A page that asked and lost its line learns by it what came of that, unless it has heard of this offer
// before: then what it asked last never arrived. handover has no offer where nobody could be asked. An error to a frame
// that named a chat names it too, but for msg, which has its id.
//
// What the frames leave open, and how it is here:
//   - assigned.seq is the highest kept: for an accept where the epoch began, so that a repeated accept is answered by
//     the same; for a resume at its time. A replay may leave out what lies below it and was before her.
//   - A chat that the store forgot while its young person's socket was up is told as error no_chat with re "resume".
//     Where the store began another life, hello says so instead. From then until its page resumed the chat, msg and read of a
//     socket are answered with unavailable.
//   - The socket of a young person that the store takes for down (this node had stood still) is closed with 1012: the
//     page comes back and resumes, which makes it the newest again.
//   - assigned takes back what quiet and gone said before it: where either is so, it is told again behind it. A return by code
//     is one to a page that has not said quiet.
//   - A chat that leaves a desk because her lease had run out has no frame of its own; the next desk frame shows it.
//   - Typing on a line that does not allow it is dropped without an error.
//   - waiting has why only where ahead grew: urgent, fewer, kept or moved, as the look at the lines shows it (why.go); closes
//     from the line's last intake on, and on any line from a quarter of an hour before closing; line after a resume, a return
//     code and when the place went to another line. Behind the last intake hello has opens beside open, and so has refused: nobody is let in
//     before.
//   - waiting has for, the name of the counsellor whom the place waits for while others are offered past it (a return code, a
//     lead), and for_s, the whole seconds that it does at most: told when it begins or changes, and pages count on. anyone
//     lets her go: the place keeps its ticket and rings at whoever is free. It may be repeated, and is not_now where the
//     place waits for nobody.
//   - A line that closes ends the waiting and no talk. Whose socket was down then hears ended with closed in answer to
//     resume, where a chat that is over is else no_chat.
//   - How long who waits for whom in a chat is known to the counsellor's page alone: there is no clock beside a chat. A page
//     that was loaded anew counts from there.
//
// # Breaks and leads
//
// A wrap-up with heavy begins a breather: desk says busy and breather_s, and nothing rings until it is over or she says
// ready; take works. ready {capacity for_s?} has her at rest by herself after so many seconds; desk says for_s. Any ready
// without it, and rest, clears it. Both are told as they stand when desk is sent, and pages count on.
//
// call {on line?} calls for the lead on duty and is answered by call {state lead?}: calling, coming with the lead's name,
// over, or nobody while no lead is at a desk, which a lead who comes to one changes. It stands for ten minutes, over a
// dropped line too. Leads at any node hear calls {calls:[{name line? coming?}]}, whole, when it changes; come {name}
// answers, and the first who comes is the one.
//
// Of her own lines a lead hears health {lines queue} when it changes, at most every two seconds, and ages alone every ten.
// queue names the first forty places of each line and as many whose line is down; kept is the counsellor whom a place
// waits for, asked the line that its young person was asked about. pause {line on} lets nobody new in: hello says that the
// line is not open, without opens, and join is refused as closed; desk says paused beside open, which is by the hours.
// move {chat to} keeps a place for a counsellor on duty, or asks the young person. Both show in health and have no other
// answer. What is not hers to do is not_now, a chat that stands in none of her lines no_chat, and nothing changed.
//
// hello and desk say practice of a line for training. A page lists it only for who has its link.
//
// # Hub
//
// State is level-triggered. The Router's View says all there is to tell of a chat, and DeskView of a desk; a wake only
// says that it is worth looking. Each socket remembers what it told (told, placeShown, desk.shown) and its sync tells
// the difference: joined or assigned, then confirm, then what of the log is missing, then read, quiet, away and ended.
// So one function makes the order right, and a lost, doubled or late wake costs a look and nothing else. A sync is run
// by one of at most maxWorkers goroutines, which end when there is nothing to do; one look brings one page of the log,
// and the next waits until that page is written.
//
// Only messages have a faster way (relay.go). Append.Done acks to the author and hands the body to the other side's
// socket if it is on this node; from another node it comes as Wakes.Deliver. It is sent at once only if that socket is
// up to date and misses nothing before it: its epoch joined and confirmed, and Prev not above what it has seen. Else
// the socket looks at the log, and until it has looked, live messages are dropped: they are in the log.
//
// A socket becomes a chat's newest in the store first and is put into the registry second, since only then it is known
// that the token is right; then it looks at the state once more. A wake between the two finds nobody, and what it meant
// is seen by that look.
//
// Sockets (socket.go): one reader, which runs what the frames ask for, one after another; one bounded buffer of bytes
// in wire form; and a writer that lives only while there is something to write and gives all of it to one Write. Pings,
// dead sockets and renewals of leases are the wheel's, which has no timer per socket. An idle socket is a struct, a
// reader's stack and gorilla's 512 bytes.
//
// # Visits
//
// Reach hears of each visit once, at its furthest stage. Until there is a place in line the visit is the socket's
// (youth_visit.go): the page tells of it on each socket anew, and it is counted when the page says that it is left, by a
// close frame. A line that breaks, falls silent or is closed from here counts nothing, and neither does a page that
// closes with 4000: it comes back and tells again. So a phone that is switched off in the middle of reading is not
// counted; that is the price for never counting one visit twice.
//
// With a place in line the visit is the hub's (visits.go). Of all nodes that a chat was on one counts it, and the chat's
// own state says which: View.Holder moves with each resume until a counsellor first accepts, and then stays. A node looks
// at the chat anyway when something happens; it counts what it holds and drops what another node holds. So a lost or late
// wake only delays that: to a Resync, or to the end of the time for which the place is kept while the line is down. Where
// the truth cannot be known (a node drained or died, the store was emptied, a page went before it can have heard of its
// place), the visit is dropped here, and counted where the page goes on.
//
// # Mutexes
//
// In this order; whoever holds one takes only those below it, and no two sockets' at once:
//
//	Hub.turns[i]    while a socket becomes the newest of a chat or a counsellor; held over calls to the store
//	Hub.boardMu     one look at the lines at a time; held over a call to the store
//	socket.mu       of one young person or one desk, with all its places; also what it told
//	Hub.mu          rooms and desks
//	visits.mu       visits with a place in line
//	workers.mu, wheel.mu
//
// No other mutex is held over a call to the store or a write to a socket. Hub.opening is taken by itself.
//
// # What may not happen here
//
// Nothing reads RemoteAddr or a header other than Origin and Sec-WebSocket-*. No error of the network is logged or
// sent. A campaign and a channel go to Reach and nowhere else, and nothing of them is kept once a visit was counted.
// Nothing of a chat but its id and the time since it was assigned, on the monotonic clock, is kept beside what its sockets
// were told.
package chat
