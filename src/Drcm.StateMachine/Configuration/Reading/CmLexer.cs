using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Cuts the text into sections and lines: comments (<c>#</c>, but not <c>\#</c>), headers, nothing else.</summary>
internal sealed class CmLexer(DiagnosticBag bag)
{
    private readonly ImmutableArray<CmSection>.Builder _sections = ImmutableArray.CreateBuilder<CmSection>();
    private readonly ImmutableArray<CmLine>.Builder _lines = ImmutableArray.CreateBuilder<CmLine>();
    private CmToken? _open;
    private bool _warnedOrphan;

    public ImmutableArray<CmSection> Cut(string text)
    {
        if (text.Length > CmLimits.TextLengthMax)
        {
            bag.Fatal(default, $"the file has more than {CmLimits.TextLengthMax} characters", "give the path of a cm.cfg");
            return [];
        }
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text[range];
            if (number == 1) line = line.TrimStart('\uFEFF');
            Line(line, number);
        }
        Close();
        return _sections.ToImmutable();
    }

    private void Line(string line, int number)
    {
        if (line.Length > CmLimits.LineLengthMax)
        {
            bag.Error(new SourcePosition(number, 1), $"the line has more than {CmLimits.LineLengthMax} characters",
                "split it up; it is ignored");
            return;
        }
        var content = line[..CommentStart(line)].TrimEnd();
        var start = content.Length - content.TrimStart().Length;
        if (start == content.Length) return;
        var at = new SourcePosition(number, start + 1);
        var body = content[start..];
        if (body.Any(IsControl))
            bag.Error(at, "the line contains control characters", "rewrite it as plain text; it is ignored");
        else if (body[0] == '[')
            Header(body, at);
        else if (_open is null)
            Orphan(at);
        else
            _lines.Add(new CmLine(body, at));
    }

    private void Header(string body, SourcePosition at)
    {
        var close = body.IndexOf(']', StringComparison.Ordinal);
        if (close < 0)
        {
            bag.Error(at, "the section header has no closing bracket", $"write {body}]");
            close = body.Length;
        }
        else if (close != body.Length - 1)
        {
            bag.Warn(at with { Column = at.Column + close + 1 }, "text after a section header is ignored",
                "put it on a line of its own");
        }
        Close();
        _open = new CmToken(body[1..close].Trim(), at);
    }

    private void Close()
    {
        if (_open is { } name) _sections.Add(new CmSection(name, _lines.ToImmutable()));
        _lines.Clear();
    }

    private void Orphan(SourcePosition at)
    {
        if (_warnedOrphan) return;
        _warnedOrphan = true;
        bag.Error(at, "text before the first section is ignored", "begin with [CM_SERVER]");
    }

    private static int CommentStart(string line)
    {
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '#' && (i == 0 || line[i - 1] != '\\')) return i;
        return line.Length;
    }

    private static bool IsControl(char c) => char.IsControl(c) && c != '\t';
}
