namespace Drcm.Node.Metrics;

/// <summary>How close the lease came to its end lately: the least that was left of it when it was renewed. On the loop's thread.</summary>
internal sealed class LeaseLow
{
    /// <summary>The least of the running and the former span of this length: whoever looks once in a span misses nothing, however many look.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(30);

    private TimeSpan? _end;
    private TimeSpan _least = TimeSpan.MaxValue;
    private TimeSpan _formerLeast = TimeSpan.MaxValue;
    private TimeSpan _spanBegan;

    /// <param name="end">Null: given up.</param>
    public void Moved(TimeSpan now, TimeSpan? end)
    {
        Turn(now);
        if (_end is { } former) Note(end is null ? TimeSpan.Zero : former - now);
        _end = end;
    }

    /// <summary>Never below zero; zero: there was no lease, or is none.</summary>
    public TimeSpan Read(TimeSpan now)
    {
        Turn(now);
        if (_end is not { } end) return TimeSpan.Zero;
        Note(end - now);
        return _least < _formerLeast ? _least : _formerLeast;
    }

    private void Note(TimeSpan left)
    {
        var real = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        if (real < _least) _least = real;
    }

    private void Turn(TimeSpan now)
    {
        if (now - _spanBegan < Span) return;
        _formerLeast = now - _spanBegan < Span * 2 ? _least : TimeSpan.MaxValue;
        _least = TimeSpan.MaxValue;
        _spanBegan = now;
    }
}
