package process

import "testing"

func TestNear(t *testing.T) {
	tests := []struct{ text, wrote, may string }{
		{"{outt}", "{outt}", "{out}"},
		{"a {x}{output}", "{output}", "{out}"},
		{"{ out }", "{ out }", "{out}"},
		{"{Seed}", "{Seed}", "{seed}"},
		{"{sede}", "{sede}", "{seed}"},
		{"{worker}", "{worker}", "{workers}"},
		{"{input.images}", "{input.images}", "{in.images}"},
		{"{in.Images.2}", "{in.Images.2}", "{in.images.2}"},
		{"{digets.images}", "{digets.images}", "{digest.images}"},
		{"{in}", "{in}", "{in.images}"},
		{text: "{out} {in.images} {in.images.2} {seed}"},
		{text: "${outt} ${out_} {print} {i.images} {our} {cut} {bin.x} {}"},
		{text: "awk {print $1} {'out': 1}"},
	}
	for _, tt := range tests {
		if wrote, may := Near(tt.text); wrote != tt.wrote || may != tt.may {
			t.Errorf("%s: %q, %q", tt.text, wrote, may)
		}
	}
}
