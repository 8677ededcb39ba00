package command

import (
	"os"

	"hengjian/certificates/paper"
	"hengjian/internal/errs"
)

type drawCommand struct {
	Content string `arg:"" help:"Content of a document as JSON. 文书内容JSON。" type:"existingfile"`
	Out     string `help:"PDF to write. 输出的PDF文件。" required:"" placeholder:"FILE.pdf" type:"path"`
}

// Run implements the command. What is issued is drawn as a draft only, without a public address: a document comes to be
// by being issued. The papers that are printed from records are drawn as they are.
func (c drawCommand) Run(e environment) error {
	text, err := os.ReadFile(c.Content)
	if err != nil {
		return errs.New(errs.Invalid, "file_unreadable", "无法读取文件："+c.Content, "the file cannot be read: "+c.Content).With(err)
	}
	content, err := paper.Thaw(text)
	if err != nil {
		return err
	}
	options := paper.Options{}
	if content.DocumentKind().Issued() {
		options.Watermark = paper.Draft
	}
	pdf, err := paper.Draw(content, options)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, pdf, 0o600); err != nil {
		return errs.New(errs.Unavailable, "file_unwritable", "无法写入文件："+c.Out, "the file cannot be written: "+c.Out).With(err)
	}
	e.say("已绘制 drawn: %s", c.Out)
	return nil
}
