package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/disk"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Clocks that differ by more than this are told of; by more than the second,
// deadlines and logins are misjudged.
const (
	skewTold  = 30 * time.Second
	skewWrong = 5 * time.Minute
)

// kaggle looks at the credentials and the way to the server; nil if it cannot be
// reached. needed says that the person wants something of it.
func (d *doctor) kaggle(ctx context.Context, needed bool) *kaggle.Client {
	cr, err := d.e.credentials()
	switch {
	case err != nil && !errors.Is(err, kaggle.ErrUnauthenticated):
		d.failed("credentials", err, true)
		return nil
	case err == nil:
		needed = true // somebody put them there
		d.ok("credentials", "%s", cr)
	case needed:
		d.bad("credentials", "podium auth login", "none")
	default:
		d.note("credentials", "podium auth login", "none; only Kaggle asks for them, the sandbox does not")
	}
	for _, w := range cr.Warnings {
		text, fix, _ := strings.Cut(w, ": ")
		d.note("credentials", fix, "%s", text)
	}
	client, other, err := d.e.client(cr, kaggle.WithRetry(kaggle.Retry{Attempts: 1}), kaggle.WithTimeouts(15*time.Second, 15*time.Second))
	if err != nil {
		d.failed("network", err, true)
		return nil
	}
	d.network(client)
	if !d.reach(ctx, client, needed) {
		return nil
	}
	if !other {
		if pong, err := client.PingStorage(ctx); err != nil {
			d.failed("storage", err, needed)
		} else {
			d.ok("storage", "Kaggle's files are on a host that answers in %s", durationText(pong.Latency))
		}
	}
	if cr.Kind != kaggle.Anonymous {
		name, err := client.WhoAmI(ctx)
		if err != nil {
			d.failed("login", err, true)
			return nil
		}
		d.ok("login", "the server takes the credentials: %s", name)
	}
	return client
}

// network tells of proxies and certificate authorities.
func (d *doctor) network(client *kaggle.Client) {
	n, err := kaggle.FindNetwork(d.e.getenv, userHome())
	if err != nil {
		d.failed("network", err, true)
		return
	}
	if proxy, source := n.ProxyFor(client.Site()); proxy != "" {
		d.ok("proxy", "%s from %s", proxy, source)
	} else {
		d.ok("proxy", "none")
	}
	if len(n.Authorities) > 0 {
		d.ok("certificates", "the system's and those of %s", strings.Join(n.Authorities, ", "))
	}
}

// reach sees whether the server answers, and what its clock says.
func (d *doctor) reach(ctx context.Context, client *kaggle.Client, needed bool) bool {
	pong, err := client.Ping(ctx)
	if err != nil {
		d.failed("server", err, needed)
		return false
	}
	d.ok("server", "%s answers in %s", client.Site(), durationText(pong.Latency))
	if !pong.Dated {
		return true
	}
	side, by := "behind", pong.Skew
	if by < 0 {
		side, by = "ahead of", -by
	}
	switch {
	case by > skewWrong:
		d.bad("clock", "set the clock of this machine", "this machine's is %s %s the server's", durationText(by), side)
	case by > skewTold:
		d.note("clock", "set the clock of this machine", "this machine's is %s %s the server's", durationText(by), side)
	default:
		d.ok("clock", "agrees with the server's")
	}
	return true
}

// competition looks at what a download and a submission would meet.
func (d *doctor) competition(ctx context.Context, client *kaggle.Client, slug string) {
	about, err := client.Competition(ctx, slug)
	if err != nil {
		d.failed("competition", err, true)
		return
	}
	d.ok("competition", "%s", cmp.Or(about.Title, slug))
	over := !about.Deadline.IsZero() && time.Now().After(about.Deadline)
	switch {
	case about.Entered:
		d.ok("rules", "accepted")
	case over:
		d.note("rules", "", "not accepted, and the competition is over")
	default:
		d.bad("rules", "accept them at "+client.Site()+"/competitions/"+slug+"/rules", "not accepted: no files, no submissions")
	}
	switch {
	case about.Deadline.IsZero():
		d.ok("deadline", "none")
	case over:
		d.note("deadline", "", "it was %s: submissions are scored at most, not ranked", timeText(about.Deadline))
	default:
		d.ok("deadline", "%s UTC, in %s", timeText(about.Deadline), daysText(time.Until(about.Deadline)))
	}
	switch {
	case about.CodeOnly:
		d.note("submissions", "submit a notebook at "+client.Site()+"/competitions/"+slug+"/code", "it takes notebooks only, no files")
	case about.SubmissionsDisabled:
		d.note("submissions", "", "it takes none")
	case about.Entered:
		d.quota(ctx, client, about)
	}
	d.room(ctx, client, about)
}

func (d *doctor) quota(ctx context.Context, client *kaggle.Client, about kaggle.Competition) {
	left, err := client.Limits(ctx, about.Slug)
	switch {
	case err != nil:
		d.failed("quota", err, false)
	case left.AllowedNow <= 0 && left.LimitedByTotal:
		d.note("quota", "", "all %d submissions are made", left.Total)
	case left.AllowedNow <= 0:
		d.note("quota", "wait for midnight UTC", "all of today's %d submissions are made", left.Today)
	case about.DailyLimit == 0:
		d.ok("quota", "no daily limit")
	default:
		d.ok("quota", "%d of %d submissions left today", left.AllowedNow, about.DailyLimit)
	}
}

// room compares the files of a competition that are not here yet with the disk.
func (d *doctor) room(ctx context.Context, client *kaggle.Client, about kaggle.Competition) {
	files, err := client.Files(ctx, about.Slug)
	if err != nil {
		d.failed("files", err, false)
		return
	}
	home, err := d.e.home()
	if err != nil {
		return // said already
	}
	data := home.Data((&server{name: submissions.Kaggle}).nameFor(about), about.Slug)
	total, missing := int64(0), int64(0)
	for _, f := range files {
		total += f.Size
		if st, err := os.Stat(filepath.Join(data, filepath.FromSlash(f.Name))); err != nil || st.Size() != f.Size {
			missing += f.Size
		}
	}
	free, known := disk.Free(home.Dir)
	switch {
	case known && free < missing:
		d.bad("files", "podium cache gc", "%s of %s are to be downloaded, and only %s are free", bytesText(missing), bytesText(total), bytesText(free))
	case missing == 0:
		d.ok("files", "all %d are here, %s", len(files), bytesText(total))
	default:
		d.ok("files", "%d, of %s; %s are to be downloaded", len(files), bytesText(total), bytesText(missing))
	}
}

// daysText writes a long time for a person: "3 days", "5h20m".
func daysText(t time.Duration) string {
	if t < 48*time.Hour {
		return durationText(t.Round(time.Minute))
	}
	return fmt.Sprintf("%d days", int(t.Hours()/24))
}
