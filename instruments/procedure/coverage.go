package procedure

import (
	"fmt"
	"slices"

	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

func blockedPoints(item *Item, err error) error {
	zh, en := reasonOf(err)
	return errs.New(errs.Blocked, "points_undetermined", fmt.Sprintf("无法确定项目“%s”的检定点：%s", item.Title.ZH, zh),
		fmt.Sprintf("the points of %s are undetermined: %s", item.Title.EN, en)).With(err)
}

// covered notes each point that the rows do not cover, and too few different loads or rows.
func (e *evaluator) covered(r *run) bool {
	p := r.item.Points
	if p == nil {
		return true
	}
	points, rows, err := e.points(r.item)
	if err != nil {
		e.notComputable(r.path, err)
		return false
	}
	usable := r.usable()
	complete := true
	if p.Of == "" && len(usable) < rows {
		complete = false
		e.problem(r.path, "too_few_rows", fmt.Sprintf("项目“%s”至少需要%d行，现有%d行", r.item.Title.ZH, rows, len(usable)),
			fmt.Sprintf("%s needs %d rows at least and has %d", r.item.Title.EN, rows, len(usable)))
	}
	for _, point := range points {
		if point.suggested {
			continue
		}
		if have := r.matching(usable, point); have < rows {
			complete = false
			e.pointMissing(r, point, rows, have)
		}
	}
	return e.enoughLoads(r, usable) && complete
}

func (e *evaluator) pointMissing(r *run, p point, want, have int) {
	zh := fmt.Sprintf("项目“%s”缺少检定点 %s %s", r.item.Title.ZH, plain(p.load), e.scope.unit)
	en := fmt.Sprintf("%s lacks the point %s %s", r.item.Title.EN, plain(p.load), e.scope.unit)
	if !p.near.IsZero() {
		zh, en = zh+fmt.Sprintf("（±%s）", plain(p.near)), en+fmt.Sprintf(" (±%s)", plain(p.near))
	}
	switch p.direction {
	case rising:
		zh, en = zh+" 进程", en+" rising"
	case falling:
		zh, en = zh+" 回程", en+" falling"
	}
	if want > 1 {
		zh += fmt.Sprintf("：需要%d行，现有%d行", want, have)
		en += fmt.Sprintf(": %d rows are needed, %d are there", want, have)
	}
	e.problem(r.path, "point_missing", zh, en)
}

// usable are the rows with all their readings and values.
func (r *run) usable() []*row {
	return slices.DeleteFunc(slices.Clone(r.rows), func(line *row) bool { return line.scope == nil })
}

// matching counts the rows of a point: of one and the same load where the item is grouped by it, and with different
// values of the reading that tells its rows apart.
func (r *run) matching(rows []*row, p point) int {
	of, distinct := r.item.Points.Of, r.item.Points.Distinct
	grouped := r.item.Groups != nil && slices.Contains(r.item.Groups.By, of)
	count, best := map[string]int{}, 0
	seen := map[string]bool{}
	for _, line := range rows {
		v, err := line.scope.find(of)
		if err != nil || !p.fits(r.item, line, v.number) {
			continue
		}
		key := ""
		if grouped {
			key = plain(v.number)
		}
		if place := line.cells[distinct]; distinct != "" && place != "" {
			if seen[key+"\x00"+place] {
				continue
			}
			seen[key+"\x00"+place] = true
		}
		count[key]++
		best = max(best, count[key])
	}
	return best
}

func (p point) fits(item *Item, line *row, load measure.Decimal) bool {
	if load.Sub(p.load).Abs().Cmp(p.near) > 0 {
		return false
	}
	for name, want := range p.with {
		if line.cells[name] != want {
			return false
		}
	}
	return p.direction == "" || line.cells[item.directionReading().Name] == p.direction
}

// enoughLoads counts different loads, rising and falling each where the item wants both; the highest counts for both.
func (e *evaluator) enoughLoads(r *run, rows []*row) bool {
	p := r.item.Points
	wanted, err := e.count(p.loads, 0)
	if err != nil {
		e.notComputable(r.path, err)
		return false
	}
	if wanted == 0 {
		return true
	}
	ways := []string{""}
	if p.Directions {
		ways = []string{rising, falling}
	}
	enough := true
	for _, way := range ways {
		if have := len(r.loads(rows, way)); have < wanted {
			enough = false
			e.problem(r.path, "too_few_loads",
				fmt.Sprintf("项目“%s”%s至少需要%d个不同的检定点，现有%d个", r.item.Title.ZH, wayZH[way], wanted, have),
				fmt.Sprintf("%s needs %d different loads at least and has %d %s", r.item.Title.EN, wanted, have, way))
		}
	}
	return enough
}

var wayZH = map[string]string{"": "", rising: "进程", falling: "回程"}

// loads are the different loads of one way, and the highest of both.
func (r *run) loads(rows []*row, way string) map[string]bool {
	loads := map[string]bool{}
	var top *measure.Decimal
	for _, line := range rows {
		v, err := line.scope.find(r.item.Points.Of)
		if err != nil {
			continue
		}
		if top == nil || v.number.Cmp(*top) > 0 {
			top = &v.number
		}
		if way == "" || line.cells[r.item.directionReading().Name] == way {
			loads[plain(v.number)] = true
		}
	}
	if top != nil {
		loads[plain(*top)] = true
	}
	return loads
}
