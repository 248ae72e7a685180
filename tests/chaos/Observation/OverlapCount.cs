namespace Drcm.Chaos.Observation;

/// <summary>Times of one sight: on two hosts and more, and on none.</summary>
internal sealed class OverlapCount
{
    private TimeSpan? _doubleSince;
    private TimeSpan? _noneSince;
    private string _holders = "";

    public long Moves { get; private set; }

    public long DoubleSamples { get; private set; }

    /// <summary>From the first sample with two holders to the first without.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>From the first sample without a holder to the first with one, since <see cref="BeginStep"/>.</summary>
    public TimeSpan LongestNone { get; private set; }

    private string _lastOwner = "";

    public void BeginStep(TimeSpan now)
    {
        LongestNone = TimeSpan.Zero;
        if (_noneSince is not null) _noneSince = now;
    }

    /// <returns>A line for the story when holders have changed; null: as before.</returns>
    public string? Add(TimeSpan now, string holders, int count)
    {
        if (count > 1) DoubleSamples++;
        if (count > 1) _doubleSince ??= now;
        if (_doubleSince is { } start && now - start > Longest) Longest = now - start;
        if (count <= 1) _doubleSince = null;
        if (count == 0) _noneSince ??= now;
        if (_noneSince is { } none && now - none > LongestNone) LongestNone = now - none;
        if (count > 0) _noneSince = null;
        if (count == 1 && holders != _lastOwner)
        {
            if (_lastOwner.Length > 0) Moves++;
            _lastOwner = holders;
        }
        if (holders == _holders) return null;
        _holders = holders;
        return holders.Length == 0 ? "nowhere" : holders;
    }
}
