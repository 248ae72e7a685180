using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Nodes;

namespace Drcm.Property.Tests.Nodes;

/// <summary>A whole cluster under one seed and virtual time: real <see cref="NodeCore"/>s, a pretended network, log, disks and resources.
/// The log is assumed correct: one committed sequence, of which each node has applied a prefix. The guard is ideal: at lease end it ends what is
/// exclusive on its host, whatever the daemon does; the real one comes with its own work.</summary>
internal sealed class World
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly List<(TimeSpan At, NodeId To, StateMachine.KeepAlive.Message Message)> _wire = [];
    private readonly SortedDictionary<(NodeId From, NodeId To), TimeSpan> _cuts = [];
    private readonly List<string> _story = [];

    public World(ulong seed, ClusterDefinition definition, WorldRules rules)
    {
        Random = new SplitMix64(seed);
        SnapshotRandom = new SplitMix64(seed + 1_000_003);
        Definition = definition;
        Rules = rules;
        Log = new WorldLog(this);
        foreach (var node in definition.Nodes) Hosts.Add(node.Id, new WorldHost(this, node.Id));
        Log.Begin(definition.Nodes.Where(n => n.IsVoter).Select(n => Hosts[n.Id]));
        foreach (var host in Hosts.Values) host.StartDaemon();
    }

    public SplitMix64 Random { get; }

    /// <summary>Apart, so that a seed means the same faults with and without snapshots.</summary>
    public SplitMix64 SnapshotRandom { get; }

    /// <summary>How many of a hundred starts and of a hundred lagging reads come to a snapshot in place of entries.</summary>
    public int Snapshots { get; set; }

    public ClusterDefinition Definition { get; }

    public WorldRules Rules { get; }

    public SortedDictionary<NodeId, WorldHost> Hosts { get; } = [];

    public WorldLog Log { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Loss in percent.</summary>
    public int Loss { get; set; }

    /// <summary>How long after a commit the leader tells the others; zero: whether or not there is a leader, they read it soon.</summary>
    public TimeSpan Heartbeat { get; set; }

    /// <summary>First violation seen; empty: none.</summary>
    public string Violation { get; private set; } = "";

    public string Story => string.Join('\n', _story.TakeLast(120));

    public void Say(string text) => _story.Add($"{Now.TotalMilliseconds,7:0} {text}");

    public void Send(NodeId from, NodeId to, StateMachine.KeepAlive.Message message)
    {
        if (IsCut(from, to) || Percent() < Loss) return;
        var copies = Percent() < 3 ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = Percent() < 95 ? Random.Below(3) : Random.Below(60);
            _wire.Add((Now + TimeSpan.FromMilliseconds(1 + delay), to, message));
        }
    }

    public bool IsCut(NodeId from, NodeId to) => _cuts.TryGetValue((from, to), out var until) && Now < until;

    public void Cut(NodeId from, NodeId to, TimeSpan duration) => _cuts[(from, to)] = Now + duration;

    public void Heal()
    {
        _cuts.Clear();
        Loss = 0;
    }

    public void RunFor(TimeSpan duration)
    {
        for (var end = Now + duration; Now < end && Violation.Length == 0;) StepOnce();
    }

    /// <summary>Runs until the condition holds; false if it did not within the bound.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan bound)
    {
        for (var end = Now + bound; Now < end && Violation.Length == 0;)
        {
            if (condition()) return true;
            StepOnce();
        }
        return condition();
    }

    /// <summary>What a fence agent does, and says: empty for success. Off means off.</summary>
    public Func<FenceStep, string>? FenceAgent { get; set; }

    public List<NodeId> Fenced { get; } = [];

    public string Fence(FenceStep step)
    {
        Fenced.Add(step.Node);
        Say($"fence agent {step.Agent.Agent} for {step.Node}");
        if (FenceAgent is { } agent) return agent(step);
        Hosts[step.Node].PowerOff(TimeSpan.FromHours(1));
        return "";
    }

    public ClusterState Truth => Log.State;

    /// <summary>Every slot that anybody can run is started on a node that runs it, and at home if its home is up.</summary>
    public bool IsSettled() => Truth.Definition is not null && Truth.Slots.Values.All(s =>
        s.Phase == SlotPhase.Started
            ? Hosts[s.Owner!.Value].Runs(s.Id.Resource) && (s.Owner == s.Id.Home || Truth.Nodes[s.Id.Home].Status != NodeStatus.Up)
            : s.Phase == SlotPhase.Free && Truth.Nodes[s.Id.Home].Status != NodeStatus.Up && !HasBackup(s.Id));

    private bool HasBackup(SlotId slot) => Definition.Nodes.Any(n => n.Backups.Contains(slot));

    public int Percent() => (int)Random.Below(100);

    /// <summary>A host has seen a violation on itself.</summary>
    public void Accuse(string what)
    {
        if (Violation.Length == 0) Violation = $"at {Now.TotalMilliseconds} ms {what}";
    }

    private void StepOnce()
    {
        Now += Step;
        foreach (var host in Hosts.Values) host.Clock += Step * host.Rate;
        Deliver();
        Log.Advance();
        foreach (var host in Hosts.Values) host.Advance();
        Check();
    }

    private void Deliver()
    {
        for (var i = 0; i < _wire.Count;)
        {
            var (at, to, message) = _wire[i];
            if (at > Now || Hosts[to].IsPaused)
            {
                i++;
                continue;
            }
            _wire.RemoveAt(i);
            Hosts[to].Receive(message);
        }
    }

    private void Check()
    {
        foreach (var resource in (Truth.Definition ?? Definition).Resources.Where(r => r.IsExclusive))
        {
            var holders = Hosts.Values.Where(h => h.Runs(resource.Id)).Select(h => h.Id).ToArray();
            if (holders.Length < 2) continue;
            Violation = $"at {Now.TotalMilliseconds} ms {resource.Id} runs on {string.Join(" and ", holders)}";
            Say("*** " + Violation);
            return;
        }
        if (StateInvariants.Check(Truth) is { IsEmpty: false } broken) Violation = string.Join("; ", broken);
    }
}

/// <summary>Which rules are on, and how the leader decides: the broken variants replace one of them.</summary>
internal sealed record WorldRules
{
    public static WorldRules All { get; } = new();

    public StateMachine.KeepAlive.ProtocolRules Protocol { get; init; } = StateMachine.KeepAlive.ProtocolRules.All;

    public StateMachine.Reconciliation.ReconcilerRules Reconciler { get; init; } = StateMachine.Reconciliation.ReconcilerRules.All;

    /// <summary>What a snapshot keeps of the state; all of it, but in broken variants. Given: before, and what the log holds.</summary>
    public Func<ClusterState, ClusterState, ClusterState> Snapshot { get; init; } = (_, restored) => restored;

    /// <summary>The reconciler may start without a lease: only then without an order for it.</summary>
    public bool IsLeaseOptional => !Reconciler.StartsUnderLease;

    /// <summary>Off: a killed or paused daemon leaves what it runs.</summary>
    public bool HasGuard { get; init; } = true;
}
