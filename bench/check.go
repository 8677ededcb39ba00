package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hengjian/certificates"
)

const (
	bareGin      = "bare-gin" // the argument with which the bench is the bare server
	checkRounds  = 5
	checkEach    = 200 // of each client in each round
	perAddress   = 40  // requests from one address: fewer than the public check lets through at once
	addressRange = 250
)

// checkRows asks for the public state of a document as JSON, beside a gin handler in a process of its own that
// answers the same without looking anything up.
func checkRows(ctx context.Context, p *program) (_ []row, err error) {
	path, answer, err := validDocument(ctx, p)
	if err != nil {
		return nil, err
	}
	base, stop, err := startBareGin(ctx, answer)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var addresses int
	var ours, bare timing
	for round := range checkRounds + 1 {
		for server, into := range map[string]*timing{p.base: &ours, base: &bare} {
			callers := visitors(server, addresses)
			addresses += len(callers)
			t, err := load(ctx, checkEach, func(ctx context.Context, client, i int) error {
				visitor := callers[(client*checkEach+i)/perAddress]
				_, err := visitor.call(ctx, http.StatusOK, http.MethodGet, path, nil, nil)
				return err
			})
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first warms both
				*into = into.plus(t)
			}
		}
	}
	const name, beneath = "public check as JSON, 8 clients, ", "bare gin handler"
	return []row{
		beside(name+"throughput", "1/s", ours.perSecond(), beneath, bare.perSecond(), ""),
		beside(name+"p50", "ms", ours.quantile(0.5), beneath, bare.quantile(0.5), ""),
	}, nil
}

// validDocument finds a document of the demonstration: its public path and answer.
func validDocument(ctx context.Context, p *program) (path string, answer certificates.Public, err error) {
	auditor, err := p.signIn(ctx, "auditor")
	if err != nil {
		return "", answer, err
	}
	var documents struct{ Items []certificates.Document }
	if _, err := auditor.call(ctx, http.StatusOK, http.MethodGet, "/api/v1/documents", nil, &documents); err != nil {
		return "", answer, err
	}
	for _, d := range documents.Items {
		if d.Status == certificates.Valid {
			path = "/v/" + d.Code
			auditor.cookie = ""
			_, err := auditor.call(ctx, http.StatusOK, http.MethodGet, path, nil, &answer)
			return path, answer, err
		}
	}
	return "", answer, errors.New("the demonstration has no valid document")
}

// visitors are callers for one load, each with a connection from a loopback address of its own, since the public check
// slows down who asks often (Linux has all of 127.0.0.0/8).
func visitors(base string, from int) []caller {
	all := make([]caller, clients*checkEach/perAddress)
	for i := range all {
		n := from + i
		local := &net.TCPAddr{IP: net.ParseIP(fmt.Sprintf("127.1.%d.%d", n/addressRange, n%addressRange+1))}
		dialer := &net.Dialer{LocalAddr: local, Timeout: 10 * time.Second}
		transport := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: 10 * time.Second}
		all[i] = caller{http: &http.Client{Transport: transport}, base: base}
	}
	return all
}

// startBareGin runs this program once more as the bare server, which reads its answer and prints its address.
func startBareGin(ctx context.Context, answer certificates.Public) (base string, stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, self, bareGin) //nolint:gosec // this program itself
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(text)), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return "http://" + strings.TrimSpace(line), stop, nil
}

// serveBareGin is the least that gin does for the same answer.
func serveBareGin(ctx context.Context) error {
	var answer certificates.Public
	if err := json.NewDecoder(os.Stdin).Decode(&answer); err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/v/:code", func(c *gin.Context) { c.JSON(http.StatusOK, answer) })
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: engine, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Println(listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
