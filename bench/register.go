package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/users"
	"hengjian/lims"
)

const (
	registerRounds = 5  // registrations and bare inserts take turns, so that other load meets both
	registerEach   = 25 // of each client in each round
)

// registerRows registers samples over HTTP, beside as many single-row inserts of the same bytes, each committed by
// itself, in the same database.
func registerRows(ctx context.Context, p *program, data string) (_ []row, err error) {
	db, err := openFloor(ctx, data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	samplers, form, err := samplingForm(ctx, p)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(form(0))
	if err != nil {
		return nil, err
	}
	register := func(ctx context.Context, client, n int) error {
		_, err := samplers[client].call(ctx, http.StatusCreated, http.MethodPost, "/api/v1/samples", form(n), nil,
			"Idempotency-Key", fmt.Sprintf("bench-%08d", n))
		return err
	}
	insert := func(ctx context.Context, n int) error { return insertFloor(ctx, db, n, string(text)) }
	var registered, inserted timing
	for round := range registerRounds + 1 {
		number := func(client, i int) int { return (round*registerEach+i)*clients + client }
		a, err := load(ctx, registerEach, func(ctx context.Context, c, i int) error {
			return register(ctx, c, number(c, i))
		})
		if err != nil {
			return nil, err
		}
		b, err := load(ctx, registerEach, func(ctx context.Context, c, i int) error {
			return insert(ctx, number(c, i))
		})
		if err != nil {
			return nil, err
		}
		if round > 0 { // the first opens the connections and prepares the statements
			registered, inserted = registered.plus(a), inserted.plus(b)
		}
	}
	const name, base = "register a sample, 8 clients, ", "bare insert, 8 connections"
	return []row{
		beside(name+"p50", "ms", registered.quantile(0.5), base, inserted.quantile(0.5), ""),
		beside(name+"p95", "ms", registered.quantile(0.95), base, inserted.quantile(0.95), "< 30 ms"),
		beside(name+"throughput", "1/s", registered.perSecond(), base, inserted.perSecond(), ""),
	}, nil
}

// openFloor opens the program's private database as the owner, for the table of the bare inserts.
func openFloor(ctx context.Context, data string) (*database.DB, error) {
	private, err := database.StartPrivate(ctx, filepath.Join(data, "postgres"), database.PrivateOptions{Attach: true})
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, private.URL(database.OwnerRole), database.Options{MaxConns: clients})
	if err != nil {
		return nil, err
	}
	return db, createFloor(ctx, db)
}

// samplingForm signs a sampler in for each client and returns the forms that they fill in, by number.
func samplingForm(ctx context.Context, p *program) ([]caller, func(n int) lims.SamplingForm, error) {
	var samplers []caller
	for range clients {
		c, err := p.signIn(ctx, "sampler1")
		if err != nil {
			return nil, nil, err
		}
		samplers = append(samplers, c)
	}
	var people struct{ Items []users.Person }
	var businesses struct{ Items []users.Business }
	for path, into := range map[string]any{"/api/v1/people?limit=200": &people, "/api/v1/businesses": &businesses} {
		if _, err := samplers[0].call(ctx, http.StatusOK, http.MethodGet, path, nil, into); err != nil {
			return nil, nil, err
		}
	}
	ids := map[string]string{}
	for _, person := range people.Items {
		ids[person.Login] = person.ID
	}
	if len(businesses.Items) == 0 || ids["sampler1"] == "" || ids["sampler2"] == "" {
		return nil, nil, errors.New("the demonstration has no business or no samplers")
	}
	business, today := businesses.Items[0], calendar.DateOf(time.Now())
	return samplers, func(n int) lims.SamplingForm {
		return leeks(n, business, ids["sampler1"], ids["sampler2"], today)
	}, nil
}

// leeks is a filled form as the demonstration has them: two portions, two seals, one analysis.
func leeks(n int, business users.Business, sampler1, sampler2 string, today calendar.Date) lims.SamplingForm {
	portion := func(role lims.PortionRole, quantity string, k int) lims.PortionForm {
		return lims.PortionForm{Role: role, Quantity: quantity, Container: "样品袋",
			Seals: []lims.SealForm{{Number: fmt.Sprintf("B%08d-%d", n, k)}}}
	}
	return lims.SamplingForm{
		Category: lims.Food, TaskKind: "supervision", FormNumber: fmt.Sprintf("DC%08d", n),
		ProductName: "韭菜", ProductClass: "韭菜", Link: "distribution", Street: business.Street, BusinessID: business.ID,
		SampledUnit: lims.UnitForm{Name: business.Name, CreditCode: business.CreditCode, Address: business.Address},
		Quantity:    "3", Unit: "kg", SampledOn: today.AddDays(-1).String(), ProducedOn: today.AddDays(-2).String(),
		Sampler1: sampler1, Sampler2: sampler2,
		Portions: []lims.PortionForm{portion(lims.TestPortion, "2", 1), portion(lims.ReservePortion, "1", 2)},
		Analyses: []lims.AnalysisForm{{Item: "腐霉利", Method: "GB 23200.121"}},
		Details: map[string]string{"task_source": "区级", "food_category_1": "食用农产品", "place_type": "supermarket",
			"sample_type": "agricultural", "packaging": "bulk", "date_type": "production", "storage": "ambient"},
	}
}
