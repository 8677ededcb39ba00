package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// line is an event of events.log as it is found there.
type line struct {
	index  int64
	told   ledger.Told
	data   any
	sealed []string // commitments in it, when somebody asks for them
	faults []ledger.Fault
}

// block is a run of lines that one worker reads.
type block struct {
	text  []byte
	lines []line
	err   error
	done  chan struct{}
}

const blockSize = 256 << 10

// events reads every event that the bundle reveals, compares it with its entry, and follows what the events say.
func (v *verification) events(b *Bundle, commitments []byte) error {
	revealed, err := v.revealed(b)
	if err != nil {
		return err
	}
	stream, err := b.stream(eventsPart)
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	r := &reading{verification: v, commitments: commitments, replay: newReplay(b.Manifest.From == 0), revealed: revealed,
		from: b.Manifest.From, next: b.Manifest.From}
	v.done = v.total / 2
	if err := r.all(stream); err != nil {
		return err
	}
	v.report.count(r.count, "事件内容与日志条目一致", "events whose body is that of their entry")
	if r.old > 0 {
		v.report.note(fmt.Sprintf("%d条旧格式事件只核对了哈希，未重放", r.old),
			fmt.Sprintf("of %d events of the older schema only the hash was checked; they were not replayed", r.old))
	}
	r.gap(v.head.Size)
	if r.from > 0 {
		v.report.note(fmt.Sprintf("本包披露序号%d起的全部事件；之前的只披露重放所需", r.from),
			fmt.Sprintf("the bundle reveals every event from index %d on, and of those before what the replay needs", r.from))
	}
	return r.finish(b)
}

// reading is the events of a bundle on their way through hashing and decoding, in parallel, to the replay, in order.
type reading struct {
	*verification
	commitments []byte
	replay      *replay
	revealed    map[string]bool // commitment → seen in an event
	last        int64
	from, next  int64 // from where on every event must be there; the one that must come next
	count, old  int
	documents   []oldDocument
}

func (r *reading) all(stream io.Reader) error {
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *block, workers), make(chan *block, 2*workers)
	stop := make(chan struct{})
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for b := range work {
				r.read(b)
				close(b.done)
			}
		})
	}
	var split error
	running.Go(func() {
		defer close(order)
		defer close(work)
		split = blocks(stream, func(b *block) bool {
			select {
			case order <- b:
				work <- b
				return true
			case <-stop:
				return false
			}
		})
	})
	err := r.follow(order)
	close(stop)
	for range order { //nolint:revive // lets the splitter end
	}
	running.Wait()
	return errors.Join(err, split)
}

// blocks cuts a stream into runs of whole lines.
func blocks(stream io.Reader, send func(*block) bool) error {
	in := bufio.NewReaderSize(stream, 1<<20)
	for {
		text := make([]byte, 0, blockSize+blockSize/4)
		for len(text) < blockSize {
			before := len(text)
			var err error
			text, err = appendLine(in, text)
			if errors.Is(err, io.EOF) && len(text) == before {
				if len(text) > 0 {
					send(&block{text: text, done: make(chan struct{})})
				}
				return nil
			}
			if err != nil {
				return unreadable(eventsPart, "已损坏或被截断", "it is damaged or cut short").With(err)
			}
		}
		if !send(&block{text: text, done: make(chan struct{})}) {
			return nil
		}
	}
}

var errLongLine = errors.New("a line is too long, or has no end")

// appendLine reads one line with its end.
func appendLine(in *bufio.Reader, text []byte) ([]byte, error) {
	for start := len(text); ; {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return text, nil
		case errors.Is(err, io.EOF) && len(text) == start:
			return text, io.EOF
		case !errors.Is(err, bufio.ErrBufferFull) || len(text)-start > maxLine:
			return text, errors.Join(errLongLine, err)
		}
	}
}

// read hashes and decodes the lines of a block.
func (r *reading) read(b *block) {
	for text := range bytes.Lines(b.text) {
		number, body, found := bytes.Cut(text[:len(text)-1], []byte(" "))
		index, err := strconv.ParseInt(string(number), 10, 64)
		if !found || err != nil || index < 0 || strconv.FormatInt(index, 10) != string(number) {
			b.err = unreadable(eventsPart, "有一行不是“序号 事件”", "a line is not an index and an event")
			return
		}
		if index >= int64(len(r.commitments)/sha256.Size) {
			b.err = unreadable(eventsPart, fmt.Sprintf("序号%d不在日志中", index), fmt.Sprintf("index %d is not in the log", index))
			return
		}
		b.lines = append(b.lines, r.decode(index, body))
	}
}

func (r *reading) decode(index int64, body []byte) line {
	l := line{index: index}
	sum := ledger.Commitment(body)
	if !bytes.Equal(sum[:], r.commitments[index*sha256.Size:(index+1)*sha256.Size]) {
		l.fault("event_changed", "事件内容与日志条目的哈希不符：内容被改动", "the event is not the one that was logged: its body was changed")
		return l
	}
	var err error
	if l.told, l.data, err = ledger.ReadEvent(body, kinds); err != nil {
		l.faultOf(err)
		return l
	}
	if !canonical(body) {
		l.fault("not_canonical", "事件不是规范化JSON", "the event is not canonical JSON")
	}
	if l.data == nil && l.told.Schema == ledger.Schema {
		l.fault("kind_unknown", "事件种类本程序不认识："+l.told.Kind, "this program does not know the kind "+l.told.Kind)
	}
	if len(r.revealed) > 0 {
		l.sealed = sealedIn(body)
	}
	return l
}

func (l *line) fault(code, zh, en string) {
	l.faults = append(l.faults, ledger.Fault{Code: code, ZH: zh, EN: en})
}

func (l *line) faultOf(err error) {
	if known, ok := errors.AsType[*errs.Error](err); ok {
		l.fault(known.Code, known.ZH, known.EN)
		return
	}
	l.fault("event_unreadable", err.Error(), err.Error())
}

// sealedIn finds the commitments in the body of an event.
func sealedIn(body []byte) []string {
	var found []string
	mark := []byte(`{"sealed":"`)
	for {
		_, rest, ok := bytes.Cut(body, mark)
		if !ok {
			return found
		}
		if len(rest) > 64 {
			found = append(found, string(rest[:64]))
		}
		body = rest
	}
}

// follow takes the lines in the order of the log.
func (r *reading) follow(order <-chan *block) error {
	r.last = -1
	for b := range order {
		<-b.done
		if err := errors.Join(b.err, r.ctx.Err()); err != nil {
			return err
		}
		for _, l := range b.lines {
			if l.index <= r.last {
				return unreadable(eventsPart, fmt.Sprintf("序号%d未按顺序", l.index), fmt.Sprintf("index %d is out of order", l.index))
			}
			r.last = l.index
			if l.index >= r.from {
				r.gap(l.index)
				r.next = l.index + 1
			}
			r.take(l)
		}
		r.progress(int(r.last))
		b.lines, b.text = nil, nil
	}
	return nil
}

// gap notes the events that are not there before an index.
func (r *reading) gap(until int64) {
	if missing := until - r.next; missing > 0 {
		r.report.fail(r.next, eventsPart, "events_missing", fmt.Sprintf("审计包缺少由此开始的%d个事件", missing),
			fmt.Sprintf("the bundle lacks %d events from here on", missing))
	}
}

func (r *reading) take(l line) {
	for _, f := range l.faults {
		r.report.fail(l.index, eventsPart, f.Code, f.ZH, f.EN)
	}
	for _, s := range l.sealed {
		if _, asked := r.revealed[s]; asked {
			r.revealed[s] = true
		}
	}
	r.count++
	if l.told.Schema != 0 && l.told.Schema < ledger.Schema {
		r.old++
		r.replay.began(l.told)
		r.oldDocument(l)
		return
	}
	if l.data == nil {
		return
	}
	for _, f := range r.replay.apply(l.index, l.told, l.data) {
		if f.Code == ledger.KeyNotEndorsed && slices.Contains(r.opts.Keys, r.replay.log.Keys[len(r.replay.log.Keys)-1]) {
			r.report.note("序号"+strconv.FormatInt(l.index, 10)+"更换的密钥未经原密钥认可，但与您给出的公钥相同",
				"the key changed at index "+strconv.FormatInt(l.index, 10)+" is not endorsed, and is the one that you gave")
			continue
		}
		r.report.fail(l.index, eventsPart, f.Code, f.ZH, f.EN)
	}
}
