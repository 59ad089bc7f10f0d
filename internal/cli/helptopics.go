package cli

import (
	"fmt"
	"strings"
)

// page is a help page that is not of a command.
type page struct {
	name string
	text func() string
}

// topics are the pages, in the order of the help.
var topics = []page{
	{"exit-codes", exitCodesPage},
	{"environment", environmentPage},
	{"formatting", formattingPage},
	{"faults", faultsPage},
	{"clients", clientsPage},
}

func topicNames() []string {
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	return names
}

func topic(name string) (string, bool) {
	for _, t := range topics {
		if t.name == name {
			return t.text(), true
		}
	}
	return "", false
}

func exitCodesPage() string {
	var b strings.Builder
	b.WriteString("podium ends with one of these codes; the word is the \"kind\" of a JSON error.\n\n")
	for _, x := range exits {
		fmt.Fprintf(&b, "  %3d  %-12s %s\n", x.Code, x.Name, x.Doc)
	}
	b.WriteString("\n`podium sandbox serve` ends with 0 when it is interrupted: that is how it is stopped.\n")
	return b.String()
}

// variable is an environment variable that podium reads.
type variable struct{ name, doc string }

var variables = []variable{
	{"PODIUM_HOME", "folder of podium's state: downloads, artifacts, runs, local competitions; default ~/.podium"},
	{"PODIUM_MODELS_MIRROR", "where weights are fetched in place of their publishers: an address, a folder or a file"},
	{"PODIUM_CPU", "force the kernels: avx512, avx2 or portable; default: the best that the CPU has"},
	{"PODIUM_WINOGRAD", "3x3 convolutions by Winograd's algorithm: auto, off or always; default: auto, where it is faster"},
	{"PODIUM_JPEG", "go decodes unusual photos (progressive ones) without libjpeg-turbo; default: with it, where the machine has it"},
	{"KAGGLE_API_TOKEN", "access token, or the path of a file with one"},
	{"KAGGLE_USERNAME", "user name of a legacy API key, with KAGGLE_KEY"},
	{"KAGGLE_KEY", "legacy API key"},
	{"KAGGLE_CONFIG_DIR", "folder of kaggle.json; default ~/.kaggle or, on Linux where that is not there, ~/.config/kaggle"},
	{"XDG_CONFIG_HOME", "on Linux, what to take for that ~/.config"},
	{"KAGGLE_API_V1_TOKEN", "path of the token in Kaggle's own notebooks, with KAGGLE_KERNEL_RUN_TYPE and KAGGLE_DATA_PROXY_URL"},
	{"PODIUM_KAGGLE_URL", "another server that speaks Kaggle's protocol, such as the one of podium sandbox serve"},
	{"KAGGLE_API_ENVIRONMENT", "PROD, LOCALHOST or TEST, as the official client reads it"},
	{"HTTPS_PROXY", "proxy of requests to Kaggle; also HTTP_PROXY, ALL_PROXY, and KAGGLE_PROXY, which comes before them"},
	{"NO_PROXY", "hosts that are reached without a proxy, separated by commas; this machine always is"},
	{"SSL_CERT_FILE", "certificate authorities to trust beside the system's; also REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE"},
	{"BROWSER", "command that opens the page of auth login; default: the system's"},
	{"DISPLAY", "there is a screen (X11), so that auth login opens the browser"},
	{"WAYLAND_DISPLAY", "the same of Wayland"},
	{"SSH_CONNECTION", "the screen is elsewhere: auth login opens no browser on macOS and Windows"},
	{"LD_LIBRARY_PATH", "folders where doctor looks for GPU libraries; on Windows PATH"},
	{"PATH", "see LD_LIBRARY_PATH"},
	{"NO_COLOR", "set to anything: no colours"},
	{"TERM", "dumb: lines in place of the tree and of bars, and no colours"},
	{"LC_ALL", "the locale: one without UTF-8 draws with ASCII; else LC_CTYPE, else LANG says it"},
	{"LC_CTYPE", "see LC_ALL"},
	{"LANG", "see LC_ALL"},
}

func environmentPage() string {
	var b strings.Builder
	b.WriteString("podium reads these variables. `podium auth status` says which credential it found and where.\n\n")
	for _, v := range variables {
		fmt.Fprintf(&b, "  %-22s %s\n", v.name, v.doc)
	}
	return b.String()
}

func formattingPage() string {
	return `Results go to stdout; progress, remarks and errors go to stderr.

  --json    the result is one JSON object on stdout with "schema_version" first; lists are arrays in it.
            podium run streams events instead, one object a line. The fields are lower_snake_case; a field
            may be added at any time, none goes or changes its meaning without a new schema_version.
            An error is one JSON object on stderr:
              {"schema_version":1,"error":{"kind":"usage","exit_code":2,"message":"...","hint":"..."}}
            with "http_status", "retry_after_s" and "request_id" where a server's answer is the cause.
            Times are RFC 3339 in UTC. Scores of a server are strings, exactly as it wrote them.
  --quiet   no progress and no remarks; results and errors stay.

On a terminal podium run and podium runs watch draw the run as a tree on stderr, in place: groups of steps, the
parts and the figures of the one at work. Other commands have a bar for what is at work. Elsewhere a step gets a
line when it begins and when it ends, and one every ten seconds between.

Flags may stand before or after the arguments. After -- every word is an argument.
`
}

func faultsPage() string {
	return `podium sandbox serve --fault 'WHERE WHAT [WHEN]' lets things go wrong on purpose, to see how podium, or a program of
yours, bears them. --fault may be given often; --fault-seed draws the shares anew. The log says what was done.

  WHERE        an API method, as CreateSubmission or ListSubmissions; api (every method), storage (what is
               downloaded), upload (what is sent for a submission), or any of them

  WHAT         429, 503 ...  an error from 400 to 599 instead of an answer; nothing is done. With
                             retry-after=SECONDS, body=SHAPE (nested, flat, flat200, xml, html, empty) and,
                             last of all, message=WORDS
               daily-limit   Kaggle's words for a used-up day (400)
               cut=N         the connection ends after N bytes of the body: of the answer, of an upload's
                             request. -1: before the last byte. What was asked for was done
               flip=N        byte N of a downloaded file is another (from 0; -1 is the last)
               slow=N        N bytes a second
               hang          no answer until the client gives up
               expired       a signed URL is too old, an upload session is gone
               hash          the checksum header of a download is wrong
               no-range      the whole file, whatever range was asked for
               changed       another file of that name: every byte inverted, another ETag

  WHEN         at=3, at=3-5, at=3-  the requests WHERE takes, counted from 1; without it every one
               share=0.1     a tenth of them, the same ones for the same seed

examples:
  podium sandbox serve --fault 'storage cut=100000'                     every download breaks after 100,000 bytes
  podium sandbox serve --fault 'CreateSubmission cut=0 at=1'            submitted, but the answer is lost
  podium sandbox serve --fault 'api 429 retry-after=2 share=0.2' --fault 'upload 503 at=1-2'
`
}
