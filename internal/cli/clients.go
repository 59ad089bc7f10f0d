package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// clientVariables are the environment that sends podium and Kaggle's own
// clients to a sandbox. The present clients know two addresses besides
// kaggle.com's, by name; environment is "" at any other.
func clientVariables(server, token string) (lines []string, environment string) {
	set := func(name, value string) { lines = append(lines, name+"="+value) }
	set(kaggle.EnvURL, server)
	set("KAGGLE_API_TOKEN", token)
	switch u, err := url.Parse(server); {
	case err != nil:
	case u.Port() == "80" || u.Port() == "":
		environment = "LOCALHOST"
	case u.Port() == "7777":
		environment = "TEST"
	}
	if environment != "" {
		set(kaggle.EnvEnvironment, environment)
	}
	set("KAGGLE_API_ENDPOINT", server)
	set("KAGGLE_USERNAME", sandbox.DefaultUser.Name)
	set("KAGGLE_KEY", sandbox.DefaultUser.Key)
	return lines, environment
}

func clientsPage() string {
	lines, _ := clientVariables("http://127.0.0.1:80", sandbox.DevToken)
	return fmt.Sprintf(`podium sandbox serve is to Kaggle's own clients what Kaggle is, and prints the variables that send them to it:

  %s

  kaggle (1.8 and later)   KAGGLE_API_ENVIRONMENT=LOCALHOST sends it to port 80, and nothing to any other:
                             podium sandbox serve --addr 127.0.0.1:80
                           Its messages hide what the server said; with --flat-errors it shows that.
  kagglehub                KAGGLE_API_ENVIRONMENT=LOCALHOST as well, or TEST for port 7777:
                             podium sandbox serve --addr 127.0.0.1:7777
  kaggle 1.7               as the present one
  kaggle 1.6 and before    KAGGLE_API_ENDPOINT: any port; user name and key, no token
  curl                     any port:
                             curl -u "$KAGGLE_USERNAME:$KAGGLE_KEY" "$PODIUM_KAGGLE_URL/api/v1/competitions/list"

Ports below 1024 take a right. On Linux give it to the program, or open the port to all:
  sudo setcap cap_net_bind_service=+ep "$(command -v podium)"
  sudo sysctl net.ipv4.ip_unprivileged_port_start=80

Two servers may run at once, on two ports: they share the competitions and all that happens in them.

Unset the variables to go back to kaggle.com:
  unset %s
`, strings.Join(lines, "\n  "), strings.Join(names(lines), " "))
}

// names are what stands before "=" in each line.
func names(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i], _, _ = strings.Cut(line, "=")
	}
	return all
}
