using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>A piece of a line, trimmed and unescaped, and where it stood.</summary>
internal readonly record struct CmToken(string Text, SourcePosition At);

/// <summary>One line of a section without its comment, still escaped, so that columns stay true.</summary>
internal readonly record struct CmLine(string Raw, SourcePosition At)
{
    /// <summary>The line cut at its first <c>=</c>; null if it has none.</summary>
    public (CmToken Key, CmToken Value)? KeyAndValue()
    {
        var equals = Raw.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? null : (Cut(0, equals), Cut(equals + 1, Raw.Length));
    }

    /// <summary>The comma-separated values of the line; empty ones are dropped.</summary>
    public ImmutableArray<CmToken> Values(int from = 0)
    {
        var values = ImmutableArray.CreateBuilder<CmToken>();
        for (var start = from; start <= Raw.Length;)
        {
            var comma = Raw.IndexOf(',', start);
            var end = comma < 0 ? Raw.Length : comma;
            var token = Cut(start, end);
            if (token.Text.Length > 0) values.Add(token);
            start = end + 1;
        }
        return values.ToImmutable();
    }

    /// <summary>The comma-separated values right of the first <c>=</c>.</summary>
    public ImmutableArray<CmToken> ListValues() => Values(Raw.IndexOf('=', StringComparison.Ordinal) + 1);

    private CmToken Cut(int start, int end)
    {
        while (start < end && char.IsWhiteSpace(Raw[start])) start++;
        while (end > start && char.IsWhiteSpace(Raw[end - 1])) end--;
        var text = Raw[start..end].Replace("\\#", "#", StringComparison.Ordinal);
        return new CmToken(text, At with { Column = At.Column + start });
    }
}

/// <summary>A section header and the lines up to the next one.</summary>
internal sealed record CmSection(CmToken Name, ImmutableArray<CmLine> Lines);
