using Drcm.StateMachine.KeepAlive;

namespace Drcm.Simulation.Cluster;

/// <summary>The file system of a spool: it may be full, or slow to flush.</summary>
internal sealed class WorldDisk
{
    private readonly Queue<(long WriteId, PromiseTable Table, TimeSpan DoneAt)> _writes = new();
    private TimeSpan _fullUntil;

    /// <summary>Until then a flush takes as long as <see cref="Slowness"/>.</summary>
    public TimeSpan SlowUntil { get; set; }

    public TimeSpan Slowness { get; set; }

    public bool IsFull(TimeSpan now) => now < _fullUntil;

    public void Fill(TimeSpan until) => _fullUntil = until;

    public void Heal()
    {
        _fullUntil = TimeSpan.Zero;
        SlowUntil = TimeSpan.Zero;
    }

    public void Write(TimeSpan now, long writeId, PromiseTable table) =>
        _writes.Enqueue((writeId, table, now < SlowUntil ? now + Slowness : now));

    /// <summary>The process ended: what was not flushed is not there.</summary>
    public void Forget() => _writes.Clear();

    public bool TryFinish(TimeSpan now, out (long WriteId, PromiseTable Table) write, out bool isStored)
    {
        (write, isStored) = (default, false);
        if (!_writes.TryPeek(out var next) || next.DoneAt > now) return false;
        _writes.Dequeue();
        write = (next.WriteId, next.Table);
        isStored = !IsFull(now);
        return true;
    }
}
