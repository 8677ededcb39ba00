package command

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

type usersCommand struct {
	List     usersList     `cmd:"" help:"List people. 列出人员。"`
	Create   usersCreate   `cmd:"" help:"Create a person; the first one of a division becomes its administrator. 新建人员。"`
	Password usersPassword `cmd:"" help:"Set a person's password and end the sessions. 重设密码。"`
	Disable  usersDisable  `cmd:"" help:"Disable a person. 停用人员。"`
}

// place is which bureau a command works on.
type place struct {
	store
	Division string `help:"Division code (GB/T 2260). 行政区划代码。" default:"370113"`
}

// onBureau opens the data, or those of the running server, for one piece of work.
func (p place) onBureau(e environment, work func(*bureau, ledger.Actor) error) error {
	b, err := p.open(e.ctx, e.Now, e.Random, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	// Whoever may run this on the server's machine acts as its administrator; the event names no person.
	operator := ledger.Actor{Roles: []ledger.Role{ledger.Administrator}, Division: p.Division}
	err = work(b, operator)
	if closeErr := b.close(); err == nil {
		err = closeErr
	}
	return err
}

type usersList struct{ place }

// Run implements the command.
func (c usersList) Run(e environment) error {
	return c.onBureau(e, func(b *bureau, operator ledger.Actor) error {
		table := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
		cursor := ""
		for {
			page, err := b.services.Users.People(e.ctx, operator, users.Filter{Cursor: cursor, Limit: 200})
			if err != nil {
				return err
			}
			for _, p := range page.Items {
				state := "active"
				if p.DisabledAt != nil {
					state = "disabled"
				}
				if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.Login, p.Name, state, roleText(p.Roles)); err != nil {
					return err
				}
			}
			if cursor = page.Next; cursor == "" {
				return table.Flush()
			}
		}
	})
}

func roleText(roles []ledger.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ",")
}

type usersCreate struct {
	place
	Login  string   `help:"Login. 登录名。" required:""`
	Name   string   `help:"Name. 姓名。" required:""`
	Role   []string `help:"Role, may be repeated. 角色，可重复。" required:""`
	Bureau string   `help:"Name of the bureau, for the first person of a division. 机构名称。" default:"市场监督管理局"`
}

// Run implements the command.
func (c usersCreate) Run(e environment) error {
	password, err := e.askPassword()
	if err != nil {
		return err
	}
	person := users.NewPerson{Login: c.Login, Name: c.Name, Password: password}
	for _, r := range c.Role {
		person.Roles = append(person.Roles, ledger.Role(r))
	}
	return c.onBureau(e, func(b *bureau, operator ledger.Actor) error {
		p, err := b.services.Users.Bootstrap(e.ctx, person, users.Division{Code: c.Division, Name: c.Division, Bureau: c.Bureau})
		if errs.KindOf(err) == errs.Conflict {
			p, err = b.services.Users.CreatePerson(e.ctx, operator, person)
		}
		if err == nil {
			e.say("已建 / created: %s (%s)", p.Login, roleText(p.Roles))
		}
		return err
	})
}

// askPassword reads a password without showing it, or a line of a pipe.
func (e environment) askPassword() (string, error) {
	if f, ok := e.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		e.say("密码 / password:")
		text, err := term.ReadPassword(int(f.Fd()))
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		return string(text), nil
	}
	line, err := bufio.NewReader(e.In).ReadString('\n')
	if err != nil && line == "" {
		return "", errs.New(errs.Invalid, "no_password", "请从标准输入给出密码", "give the password on standard input").With(err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type usersPassword struct {
	place
	Login string `help:"Login. 登录名。" required:""`
}

// Run implements the command.
func (c usersPassword) Run(e environment) error {
	password, err := e.askPassword()
	if err != nil {
		return err
	}
	return c.onBureau(e, func(b *bureau, operator ledger.Actor) error {
		p, err := personByLogin(e, b, operator, c.Login)
		if err != nil {
			return err
		}
		return b.services.Users.SetPassword(e.ctx, operator, users.PasswordChange{PersonID: p.ID, New: password})
	})
}

type usersDisable struct {
	place
	Login string `help:"Login. 登录名。" required:""`
}

// Run implements the command.
func (c usersDisable) Run(e environment) error {
	return c.onBureau(e, func(b *bureau, operator ledger.Actor) error {
		p, err := personByLogin(e, b, operator, c.Login)
		if err != nil {
			return err
		}
		_, err = b.services.Users.Disable(e.ctx, operator, p.ID, 0)
		return err
	})
}

func personByLogin(e environment, b *bureau, operator ledger.Actor, login string) (users.Person, error) {
	page, err := b.services.Users.People(e.ctx, operator, users.Filter{Q: login, Limit: 200})
	if err != nil {
		return users.Person{}, err
	}
	for _, p := range page.Items {
		if p.Login == login {
			return p, nil
		}
	}
	return users.Person{}, errs.New(errs.NotFound, "person_unknown", "没有此人员："+login, "there is no such person: "+login)
}
