//go:build faults

package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/files"
	"hengjian/migrations"
)

const (
	faultOrders  = 200
	faultClients = 8
	faultRounds  = 10
)

// program is the built hengjian (scripts/faults.sh) on a data folder, killed and started again.
type program struct {
	*testing.T
	data, address string
	process       *exec.Cmd
}

func newProgram(t *testing.T, data string) *program {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return &program{T: t, data: data, address: listener.Addr().String()}
}

func (p *program) command(args ...string) *exec.Cmd {
	p.Helper()
	built := os.Getenv("HENGJIAN_PROGRAM")
	if built == "" {
		p.Fatal("HENGJIAN_PROGRAM names no program: run scripts/faults.sh")
	}
	return exec.Command(built, args...)
}

func (p *program) start() {
	p.Helper()
	p.process = p.command("serve", "--data", p.data, "--listen", p.address, "--address", "http://"+p.address)
	if err := p.process.Start(); err != nil {
		p.Fatal(err)
	}
}

// ready waits until the database answers.
func (p *program) ready() {
	p.Helper()
	for range 1200 {
		r, err := http.Get("http://" + p.address + "/readyz")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatal("the program does not get ready again")
}

func (p *program) kill() {
	_ = p.process.Process.Kill() // it may be gone
	_ = p.process.Wait()         // says that it was killed
}

// killDatabase ends PostgreSQL by force.
func (p *program) killDatabase() {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return // it is just being started again
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(first); err == nil && pid > 1 && pid != os.Getpid() && pid != p.process.Process.Pid {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone
	}
}

// stopped ends it in peace.
func (p *program) stopped() {
	p.Helper()
	if err := p.process.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	if err := p.process.Wait(); err != nil {
		p.Fatalf("the program did not end well: %v", err)
	}
}

// approver is a client that approves orders over HTTP and tries again until it is told that an order is done.
type approver struct {
	at    string
	http  *http.Client
	login string
}

func newApprover(at, login string) *approver {
	jar, _ := cookiejar.New(nil) // has no failure
	return &approver{at, &http.Client{Jar: jar, Timeout: 20 * time.Second}, login}
}

func (a *approver) post(ctx context.Context, path string, body any) (status int, answer []byte, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.at+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	got, err := a.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer got.Body.Close()
	answer, err = io.ReadAll(got.Body)
	return got.StatusCode, answer, err
}

// approve returns the number of the document, or nothing when an answer that never came had approved the order.
func (a *approver) approve(ctx context.Context, order string) (number string, tries int, err error) {
	for tries = 1; ctx.Err() == nil; tries++ {
		status, answer, err := a.post(ctx, "/api/v1/verification-orders/"+order+"/approve", map[string]string{"password": password})
		switch {
		case err != nil || status >= 500 || status == http.StatusTooManyRequests:
			time.Sleep(30 * time.Millisecond)
		case status == http.StatusCreated:
			var d Document
			err := json.Unmarshal(answer, &d)
			return d.Number, tries, err
		case status == http.StatusConflict && tries > 1 && bytes.Contains(answer, []byte("order_state")):
			return "", tries, nil
		case status == http.StatusUnauthorized:
			_, _, _ = a.post(ctx, "/api/v1/session", map[string]string{"login": a.login, "password": password}) // tried again below
		default:
			return "", tries, fmt.Errorf("order %s: %d %s", order, status, answer)
		}
	}
	return "", tries, ctx.Err()
}

// checkedOrders prepares, on a private database in the program's data folder, orders that wait for their approval.
func checkedOrders(t *testing.T, data string) []string {
	t.Helper()
	private, db := openedPrivate(t, data, false)
	b := newBureauOn(t, db, data)
	orders := make([]string, faultOrders)
	for i := range orders {
		orders[i] = b.checked(fmt.Sprintf("F-%d", i), "15.000", b.standard)
	}
	b.must(db.Close())
	b.must(private.Stop(context.Background()))
	return orders
}

func openedPrivate(t *testing.T, data string, attach bool) (*database.Private, *database.DB) {
	t.Helper()
	private, err := database.StartPrivate(t.Context(), filepath.Join(data, "postgres"), database.PrivateOptions{Attach: attach})
	if err != nil {
		t.Fatal(err)
	}
	if !attach {
		if _, err := database.Migrate(t.Context(), private.URL(database.OwnerRole), migrations.FS); err != nil {
			t.Fatal(err)
		}
	}
	db, err := database.Open(t.Context(), private.URL(database.AppRole), database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return private, db
}

// TestFaultsWhileIssuing: eight clients issue documents while the program and its PostgreSQL are killed, in turn and both
// at once. Every document that was acknowledged is there with its file, no number is missing or given twice, no order has
// two documents, and files and ledger are whole.
func TestFaultsWhileIssuing(t *testing.T) {
	data := t.TempDir()
	orders := make(chan string, faultOrders)
	for _, o := range checkedOrders(t, data) {
		orders <- o
	}
	close(orders)
	p := newProgram(t, data)
	p.start()
	p.ready()

	var mu sync.Mutex
	acknowledged, retried, unheard := map[string]string{}, 0, 0
	var all sync.WaitGroup
	for i := range faultClients {
		all.Go(func() {
			client := newApprover(p.address, []string{"chu", "wei"}[i%2])
			for order := range orders {
				number, tries, err := client.approve(t.Context(), order)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if retried += tries - 1; number != "" {
					acknowledged[order] = number
				} else {
					unheard++
				}
				mu.Unlock()
			}
		})
	}
	inTheMiddle := 0
	random := rand.New(rand.NewPCG(3, 5))
	for round := range faultRounds {
		time.Sleep(time.Duration(100+random.IntN(400)) * time.Millisecond)
		if len(orders) > 0 {
			inTheMiddle++
		}
		if round%3 != 1 {
			p.killDatabase()
		}
		if round%3 != 0 {
			p.kill()
			p.start()
		}
		p.ready()
	}
	all.Wait()
	t.Logf("%d documents, %d acknowledged, %d of which the answer was lost; %d tries again; %d kills while orders waited",
		faultOrders, len(acknowledged), unheard, retried, inTheMiddle)
	if inTheMiddle < 4 || retried == 0 {
		t.Errorf("%d kills in the middle, %d tries again: the faults met nobody", inTheMiddle, retried)
	}
	wholeAfterwards(t, p, acknowledged)
}

// wholeAfterwards looks at what is left.
func wholeAfterwards(t *testing.T, p *program, acknowledged map[string]string) {
	t.Helper()
	_, db := openedPrivate(t, p.data, true)
	var rows []struct {
		OrderNumber string `db:"order_number"`
		Number      string `db:"number"`
		Serial      int    `db:"serial"`
		File        string `db:"file"`
	}
	read := func() (unfinished int) {
		rows = nil
		if err := db.Select(t.Context(), &rows, `
			SELECT o.number AS order_number, d.number, d.serial, coalesce(encode(f.file_hash, 'hex'), '') AS file
			FROM document d
			JOIN verification v ON v.id = d.subject_id
			JOIN verification_order o ON o.id = v.order_id
			LEFT JOIN document_file f ON f.document_id = d.id
			ORDER BY d.serial`); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.File == "" {
				unfinished++
			}
		}
		return unfinished
	}
	for tries := 0; read() > 0 && tries < 600; tries++ {
		time.Sleep(100 * time.Millisecond)
	}
	store, err := files.Open(filepath.Join(p.data, "files"))
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for i, r := range rows {
		if r.Serial != i+1 {
			t.Fatalf("document %s has the serial %d in place %d", r.Number, r.Serial, i+1)
		}
		if other := of[r.OrderNumber]; other != "" {
			t.Errorf("order %s has the documents %s and %s", r.OrderNumber, other, r.Number)
		}
		of[r.OrderNumber] = r.Number
		h, err := files.ParseHash(r.File)
		if err == nil {
			_, err = store.Read(t.Context(), h)
		}
		if err != nil {
			t.Errorf("the file of %s: %v", r.Number, err)
		}
	}
	if len(rows) != faultOrders {
		t.Errorf("%d documents of %d orders", len(rows), faultOrders)
	}
	for order, number := range acknowledged {
		if of[order] != number {
			t.Errorf("order %s was acknowledged as %s and has %q", order, number, of[order])
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	bundle := filepath.Join(t.TempDir(), "bundle.zip")
	p.must("files", "scrub", "--data", p.data)
	p.must("audit", "export", "--data", p.data, "--out", bundle)
	p.must("audit", "verify", bundle)
	p.stopped()
}

func (p *program) must(args ...string) {
	p.Helper()
	if out, err := p.command(args...).CombinedOutput(); err != nil {
		p.Errorf("hengjian %q: %v\n%s", args, err, out)
	}
}
