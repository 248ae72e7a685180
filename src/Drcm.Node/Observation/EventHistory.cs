using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Observation;

/// <summary>One applied entry of the log with what came of its events.</summary>
internal sealed record AppliedEntry(LogIndex Index, Term Term, EventBatch Batch, ImmutableArray<AppliedEvent> Events);

/// <summary>The newest applied entries, for those who follow them. Older ones are read from the log again.</summary>
internal sealed class EventHistory
{
    /// <summary>Entries kept in memory; a reader that falls further behind is told so and reads the log.</summary>
    public const int EntriesMax = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<AppliedEntry> _entries = new();
    private TaskCompletionSource _changed = NewSignal();
    private LogIndex _snapshotAt = LogIndex.None;

    /// <summary>On the loop's thread.</summary>
    public void Add(LogIndex index, Term term, EventBatch batch, ImmutableArray<AppliedEvent> events)
    {
        lock (_lock)
        {
            if (_entries.Count == EntriesMax) DroppedUpTo = _entries.Dequeue().Index;
            _entries.Enqueue(new AppliedEntry(index, term, batch, events));
            Signal();
        }
    }

    /// <summary>Entries up to this index are no longer in memory.</summary>
    public LogIndex DroppedUpTo { get; private set; }

    /// <summary>Events up to here are neither in memory nor in the log any more: a snapshot holds what came of them.</summary>
    public LogIndex BeginsAfter
    {
        get
        {
            lock (_lock) return _snapshotAt < DroppedUpTo ? _snapshotAt : DroppedUpTo;
        }
    }

    /// <summary>The projection jumped: what is in memory would look as if nothing were missing. On the loop's thread.</summary>
    public void Restored(ClusterState state)
    {
        lock (_lock)
        {
            _entries.Clear();
            DroppedUpTo = _snapshotAt = state.Version;
            Signal();
        }
    }

    /// <summary>The log's own entries up to here have gone.</summary>
    public void Compacted(LogIndex index)
    {
        lock (_lock)
        {
            if (index > _snapshotAt) _snapshotAt = index;
        }
    }

    /// <summary>Entries after <paramref name="after"/>, and a task that ends when there are more.</summary>
    public (ImmutableArray<AppliedEntry> Entries, Task More) After(LogIndex after)
    {
        lock (_lock)
            return ([.. _entries.Where(e => e.Index > after)], _changed.Task);
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
