using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    /// <summary>Why this member takes no part now: its disk refuses writes. Null when all is well. It takes part again by itself.</summary>
    public string? Trouble => _store?.Trouble;

    /// <summary>Where the log stands now; on any thread.</summary>
    public LogFigures Figures => _store is { } store ? new(store.LastIndex, store.FlushedIndex, store.CommitIndex, _committed.Version) : default;

    /// <summary>Called on any thread when <see cref="Trouble"/> changes; must not block.</summary>
    public Action? HealthChanged { get; set; }

    /// <inheritdoc/>
    public async ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Length, LogLimits.SnapshotBytesMax);
        _committed.ThrowIfFaulty();
        if (!_committed.IsEffective(index) && index != _committed.BaseIndex)
        {
            throw new ArgumentException($"{index} is not the index of an effective entry", nameof(index));
        }

        // The flush of a large state would hold up the caller.
        try
        {
            await Task.Run(() => _log!.Compact(index, state), cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private void OnHealthChanged()
    {
        if (_store?.Broken is { } broken)
        {
            _committed.Fail(broken);
        }

        _members?.Refresh();

        PublishLeadership();
        _standingChanged.Raise();
        HealthChanged?.Invoke();
    }
}
