using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>One host: what the daemon knows, what is on its disk, and what really runs.</summary>
internal sealed class WorldNode(NodeId id, double rate, TimeSpan clock)
{
    public NodeId Id { get; } = id;

    public double Rate { get; } = rate;

    public TimeSpan Clock { get; set; } = clock;

    // The daemon.
    public LeaseCore Core { get; set; } = null!;

    public long Incarnation { get; set; }

    public int Applied { get; set; }

    public (int Tick, LogIndex Token)? StartUnderWay { get; set; }

    public HashSet<LogIndex> DeadTokens { get; } = [];

    public LogIndex? LastStopped { get; set; }

    public List<(int Tick, PromiseWrite Write)> Flushes { get; } = [];

    // Faults, as ticks until which they last.
    public int PausedUntil { get; set; }

    public int CutOffLogUntil { get; set; }

    public int GoneUntil { get; set; }

    // The host: outlives the daemon.
    public int Boot { get; set; } = 1;

    public PromiseTable File { get; set; } = PromiseTable.Empty;

    public LogIndex? Running { get; set; }

    public TimeSpan Deadline { get; set; } = TimeSpan.MinValue;

    public int? ReleaseAt { get; set; }

    public string BootId => $"boot-{Id}-{Boot}";

    public bool IsThere(int tick) => GoneUntil <= tick;

    public bool Works(int tick) => GoneUntil <= tick && PausedUntil <= tick;

    /// <summary>What the log gives this node.</summary>
    public static SlotState? Mine(ClusterState state, NodeId id) =>
        state.Slots.TryGetValue(Cluster3.Slot, out var slot) && slot.Owner == id ? slot : null;
}
