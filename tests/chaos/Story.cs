using System.Collections.Concurrent;
using System.Globalization;

namespace Drcm.Chaos;

/// <summary>The last that happened: faults, who holds what, events; for the message of a failure.</summary>
internal sealed class Story
{
    /// <summary>A step leaves some 40 lines.</summary>
    private const int LinesMax = 400;

    private readonly ConcurrentQueue<string> _lines = new();

    public void Tell(TimeSpan at, string what)
    {
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,9:0.000}  {what}"));
        while (_lines.Count > LinesMax) _lines.TryDequeue(out _);
    }

    public IReadOnlyList<string> Tail(int count) => [.. _lines.TakeLast(count)];
}
