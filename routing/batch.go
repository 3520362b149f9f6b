package routing

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	shards    = 2   // drains of messages; a chat always goes to the same one, which keeps its order
	batchMax  = 256 // messages in one pipeline
	batchCall = 32  // messages in one call of a script, which nothing else can interrupt
	batchRoom = 4096
	batchTime = 3 * time.Second
	// replicaTime bounds the wait for replicas: less than what a connection waits for any answer.
	replicaTime = time.Second
)

// ErrReplicas: WAIT names no key, so on a Cluster nothing says which primary is asked.
var ErrReplicas = errors.New("routing: replicas cannot be counted on a Cluster")

var errShort = errors.New("too few replicas have it")

type jobKind byte

const (
	jobAppend jobKind = iota
	jobTyping
	jobRead
)

// job is one write that may wait for company: whatever is ready goes into one pipeline, and nothing waits for a timer.
type job struct {
	kind  jobKind
	add   *Append
	chat  string
	from  Side
	owner string
	seq   int64
	done  chan error // of a read
}

var jobs = sync.Pool{New: func() any { return new(job) }}

var seed = maphash.MakeSeed()

func (r *Router) startBatches() {
	for i := range r.batch {
		r.batch[i] = make(chan *job, batchRoom)
	}
}

func (r *Router) post(j *job) {
	r.batch[maphash.String(seed, j.chat)%shards] <- j
}

// Append asks for a sealed message to be kept; see Append. It blocks while more than a few thousand are in flight,
// which holds the authors back. Run must be running.
func (r *Router) Append(a *Append) {
	j := jobs.Get().(*job)
	*j = job{kind: jobAppend, add: a, chat: a.Chat}
	if a.Typing {
		j.kind = jobTyping
	}
	r.post(j)
}

// Read notes that a side was shown the messages up to seq. ErrNoChat when the chat is unknown, over or not hers.
func (r *Router) Read(ctx context.Context, chat string, from Side, owner string, seq int64) error {
	j := &job{kind: jobRead, chat: chat, from: from, owner: owner, seq: seq, done: make(chan error, 1)}
	r.post(j)
	select {
	case err := <-j.done:
		if err == errReadOut {
			_, _, err = r.shared(ctx, "read_out", 0, chat)
		}
		return err
	case <-ctx.Done():
		return ErrUnavailable
	}
}

// errReadOut: the last of a chat that ended as done was shown.
var errReadOut = &Refusal{"read out"}

// drain sends what is ready in pipelines until ctx ends, and then what was posted before.
func (r *Router) drain(ctx context.Context, in chan *job) {
	b := newBatch(r)
	for {
		if len(b.jobs) == 0 {
			select {
			case j := <-in:
				b.add(j)
			case <-ctx.Done():
				select {
				case j := <-in:
					b.add(j)
				default:
					return
				}
			}
		}
	fill:
		for len(b.jobs) < batchMax {
			select {
			case j := <-in:
				b.add(j)
			default:
				break fill
			}
		}
		b.send()
		b.behind(in)
	}
}

// behind answers what waits behind a message that failed, of the same author in the same chat: kept now, it would stand
// before the other, which is sent again. What its author sends from here on is held back by whoever calls Append.
func (b *batch) behind(in chan *job) {
	for n := len(in); n > 0 && len(b.failed) > 0; n-- {
		j := <-in // nobody else takes from it
		if j.kind == jobAppend && b.failed[author{j.chat, j.add.From}] {
			b.answer(j, 0, 0, ErrUnavailable)
		} else {
			b.add(j)
		}
	}
	clear(b.failed)
}

// author is one side of a chat.
type author struct {
	chat string
	side Side
}

// batch is one pipeline of scripts, its buffers kept from one to the next.
type batch struct {
	r    *Router
	jobs []*job
	at   []place // of each job's answer
	cmds []*redis.IntSliceCmd
	args [][]any       // of each command
	had  *redis.IntCmd // how many replicas have it all; nil where none are asked
	hour string
	// failed are those of whom a message of this batch was not kept, so that the store may take the next one first
	failed map[author]bool
}

// place is where a job's two numbers stand: in which command's answer, from which index.
type place struct{ cmd, from int }

func newBatch(r *Router) *batch { return &batch{r: r, failed: map[author]bool{}} }

func (b *batch) add(j *job) { b.jobs = append(b.jobs, j) }

var appendScript, typingScript, readScript = must("append"), must("typing"), must("read")

func side(s Side) string {
	if s == Youth {
		return "y"
	}
	return "c"
}

// send runs the pipeline and answers every job, in order.
func (b *batch) send() {
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	b.hour = strconv.FormatInt(b.r.now().Unix()/3600, 10)
	if err := b.r.pipeline(ctx, func(pipe redis.Pipeliner) { b.queue(ctx, pipe) }); err != nil {
		b.r.away("append", err) // said once; each command has its own answer or error
	}
	var short error
	if b.had != nil && b.had.Val() < int64(b.r.cfg.Replicas) { // also where WAIT itself failed
		b.r.log.Warn("a batch of messages is not acked", "component", "append", "reason", "replicas_short")
		short = ErrUnavailable
	}
	for i, j := range b.jobs {
		var n, prev int64
		at := b.at[i]
		v, err := b.cmds[at.cmd].Result()
		if err == nil && len(v) < at.from+2 {
			err = errShape
		}
		if err == nil {
			n, prev = v[at.from], v[at.from+1]
		} else {
			err = ErrUnavailable
		}
		if err == nil && j.kind == jobAppend && n != 0 {
			err = short // kept, and not yet safe: its author sends it again under its id, which asks again
		}
		if j.kind == jobAppend && (err != nil || n == 0 && prev == 2) {
			b.failed[author{j.chat, j.add.From}] = true
		}
		b.answer(j, n, prev, err)
		b.jobs[i] = nil
	}
	b.jobs = b.jobs[:0]
}

// queue puts the jobs into a pipeline. Messages go several to a call, in their order.
func (b *batch) queue(ctx context.Context, pipe redis.Pipeliner) {
	r := b.r
	b.cmds, b.at = b.cmds[:0], b.at[:0]
	var together []*job
	flush := func() {
		if len(together) == 0 {
			return
		}
		a := append(b.room(), "evalsha", appendScript.sha, 2*len(together))
		for _, j := range together {
			a = append(a, stateKey(r.cfg.Prefix, j.chat), logKey(r.cfg.Prefix, j.chat))
		}
		a = append(a, r.cfg.Node, r.cfg.Prefix, b.hour)
		for _, j := range together {
			m := j.add
			a = append(a, m.Chat, side(m.From), m.Owner, m.E, m.ID, m.Known, m.Last, m.Body)
		}
		b.call(ctx, pipe, a)
		together = together[:0]
	}
	for _, j := range b.jobs {
		if j.kind == jobAppend {
			if len(together) == batchCall || r.cluster && len(together) > 0 && together[0].chat != j.chat {
				flush()
			}
			b.at = append(b.at, place{len(b.cmds), 2 * len(together)})
			together = append(together, j)
			continue
		}
		flush()
		b.at = append(b.at, place{len(b.cmds), 0})
		state, a := stateKey(r.cfg.Prefix, j.chat), b.room()
		if m := j.add; j.kind == jobTyping {
			a = append(a, "evalsha", typingScript.sha, 1, state, side(m.From), m.Owner, m.E, m.Body, r.cfg.Node, r.cfg.Prefix, m.Chat)
		} else {
			a = append(a, "evalsha", readScript.sha, 1, state, side(j.from), j.owner, j.seq, r.cfg.Prefix, j.chat, r.cfg.Node)
		}
		b.call(ctx, pipe, a)
	}
	flush()
	b.had = nil
	if r.cfg.Replicas > 0 && slices.ContainsFunc(b.jobs, func(j *job) bool { return j.kind == jobAppend }) {
		b.had = r.queueWait(ctx, pipe)
	}
}

// queueWait counts the replicas that have what stands now, behind what is queued on the same connection. A repeated
// message writes nothing and a look neither, but WAIT is for all that the primary had done by then.
func (r *Router) queueWait(ctx context.Context, pipe redis.Pipeliner) *redis.IntCmd {
	had := redis.NewIntCmd(ctx, "wait", r.cfg.Replicas, replicaTime.Milliseconds())
	pipe.Process(ctx, had)
	return had
}

// room is an empty slice for the arguments of the next command, used again from batch to batch.
func (b *batch) room() []any {
	if len(b.cmds) == len(b.args) {
		b.args = append(b.args, nil)
	}
	return b.args[len(b.cmds)][:0]
}

func (b *batch) call(ctx context.Context, pipe redis.Pipeliner, args []any) {
	b.args[len(b.cmds)] = args
	cmd := redis.NewIntSliceCmd(ctx, args...)
	cmd.SetFirstKeyPos(3) // evalsha, script, how many, the first key: where a cluster looks for the slot
	b.cmds = append(b.cmds, cmd)
	pipe.Process(ctx, cmd) // a pipeline only queues
}

func (b *batch) answer(j *job, v, prev int64, err error) {
	if j.kind == jobRead {
		switch {
		case err != nil:
		case v == 0:
			err = ErrNoChat
		case v == 2:
			err = errReadOut
		}
		j.done <- err
		return
	}
	a := j.add
	*j = job{}
	jobs.Put(j)
	a.Seq, a.Prev, a.Dup, a.Err = 0, 0, false, err
	switch {
	case err != nil:
	case v == 0 && prev == 0:
		a.Err = ErrNoChat
	case v == 0 && prev == 2:
		a.Err = ErrUnavailable
	case v == 0:
		a.Err = ErrStaleEpoch
	case a.Typing:
	case v < 0:
		a.Seq, a.Dup = -v, true
	default:
		a.Seq, a.Prev = v, prev
	}
	a.Done(a)
}
