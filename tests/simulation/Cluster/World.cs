using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Solo;

namespace Drcm.Simulation.Cluster;

/// <summary>A whole cluster under one seed and virtual time: real node cores and guards; a pretended network, log, disks, processes and kernels.
/// The log is assumed correct: one committed sequence, of which each node has applied a prefix.</summary>
internal sealed class World
{
    /// <summary>Everything happens on this grid; a fraction of what S leaves over.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a node remembers trouble of its own: shorter than a daemon does, which only makes a run longer.</summary>
    public static readonly TimeSpan TroubleMemory = TimeSpan.FromSeconds(2);

    private const int StoryLines = 160;

    /// <summary>Somebody looks after what was fenced when all else is well.</summary>
    private static readonly TimeSpan SwitchedOnAfter = TimeSpan.FromSeconds(5);

    private readonly Queue<(TimeSpan At, string Text)> _story = new();
    private readonly WorldHost[] _hosts;
    private readonly Overlaps _overlaps;
    private readonly List<WorldLog> _logs = [];
    private int _checkedEntries;
    private bool _isHealed;

    public World(ulong seed, ClusterDefinition definition, WorldRules rules)
    {
        Random = new SplitMix64(seed);
        SnapshotRandom = new SplitMix64(seed + 1_000_003);
        Definition = definition;
        Rules = rules;
        Log = new WorldLog(this);
        _logs.Add(Log);
        Network = new WorldNetwork(this);
        _overlaps = new Overlaps(this);
        foreach (var node in definition.Nodes) Hosts.Add(node.Id, new WorldHost(this, node.Id));
        _hosts = [.. Hosts.Values];
        Log.Begin(definition.Nodes.Where(n => n.IsVoter).Select(n => Hosts[n.Id]));
        foreach (var host in _hosts) host.StartDaemon();
    }

    public SplitMix64 Random { get; }

    /// <summary>Apart, so that a seed means the same faults with and without snapshots.</summary>
    public SplitMix64 SnapshotRandom { get; }

    /// <summary>How many of a hundred starts and of a hundred lagging reads come to a snapshot in place of entries.</summary>
    public int Snapshots { get; set; }

    /// <summary>Of every node's own cm.cfg at the beginning.</summary>
    public ClusterDefinition Definition { get; }

    public WorldRules Rules { get; }

    public SortedDictionary<NodeId, WorldHost> Hosts { get; } = [];

    /// <summary>Of the newest generation.</summary>
    public WorldLog Log { get; private set; }

    /// <summary>Two nodes that may go on alone.</summary>
    public bool IsPair => !Definition.ArbitrationAddresses.IsEmpty;

    public WorldNetwork Network { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>How long after a commit the leader tells the others; zero: whether or not there is a leader, they read it soon.</summary>
    public TimeSpan Heartbeat { get; set; }

    /// <summary>First violation seen; empty: none.</summary>
    public string Violation { get; private set; } = "";

    /// <summary>Overlaps that nothing promises to prevent, by reason, and the longest of each.</summary>
    public SortedDictionary<string, TimeSpan> NotCovered => _overlaps.NotCovered;

    public string Story => string.Join('\n', _story.Select(s => $"{s.At.TotalMilliseconds,7:0} {s.Text}"));

    /// <summary>What a fence agent does, and says: empty for success. Null: off means off.</summary>
    public Func<FenceStep, string>? FenceAgent { get; set; }

    public List<NodeId> Fenced { get; } = [];

    public string Fence(FenceStep step)
    {
        Fenced.Add(step.Node);
        Say($"fence agent {step.Agent.Agent} for {step.Node}");
        if (FenceAgent is { } agent) return agent(step);
        if (Now < FenceFailsUntil) return "no route to the management card";
        if (!Rules.AgentsAreTrue) return "";
        var host = Hosts[step.Node];
        host.PowerOff(step.Agent.Reboots ? host.RestartDelay() : _isHealed ? SwitchedOnAfter : TimeSpan.FromHours(1));
        return "";
    }

    /// <summary>Until then no fence agent reaches its card.</summary>
    public TimeSpan FenceFailsUntil { get; set; }

    public ClusterState Truth => Log.State;

    /// <summary>By the log, or, before there is one, by the file.</summary>
    public ClusterDefinition InForce => Truth.Definition ?? Definition;

    public void Say(string text)
    {
        if (_story.Count == StoryLines) _story.Dequeue();
        _story.Enqueue((Now, text));
    }

    /// <summary>Something that must never be seen was seen; the first one counts.</summary>
    public void Fail(string violation)
    {
        if (Violation.Length > 0) return;
        Violation = $"at {Now.TotalMilliseconds:0} ms {violation}";
        Say("*** " + Violation);
    }

    public void Heal()
    {
        Network.Heal();
        foreach (var log in _logs) log.Heal();
        FenceFailsUntil = TimeSpan.Zero;
        _isHealed = true;
        foreach (var host in _hosts) host.Heal();
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

    /// <summary>Every slot that somebody can run is started on a node that runs it, at home if its home can; the others are free.</summary>
    public bool IsSettled()
    {
        if (Truth.Definition is not { } definition) return false;
        var topology = Topology.Of(definition);
        foreach (var slot in Truth.Slots.Values)
        {
            if (!topology.Slots.TryGetValue(slot.Id, out var known)) return false;
            var isSettled = slot.Phase switch
            {
                SlotPhase.Started => Hosts[slot.Owner!.Value].Runs(slot.Id.Resource) && (slot.Owner == slot.Id.Home || !Can(definition, slot, slot.Id.Home)),
                SlotPhase.Free => known.Candidates.All(c => !Can(definition, slot, definition.Nodes[c].Id)),
                _ => false,
            };
            if (!isSettled) return false;
        }
        return Truth.Slots.Count > 0;
    }

    public WorldLog LogOf(Generation generation) => _logs.First(l => l.Generation == generation);

    /// <summary>T6: nobody whose daemon began after a newer history did may pass over that one.</summary>
    public WorldLog Begin(WorldHost owner, Generation generation, Func<ClusterState, ClusterState> first)
    {
        var log = new WorldLog(this, owner.Log, owner, generation, first(owner.Log.State));
        Say($"{owner.Id} begins generation {generation}");
        if (Log != owner.Log && owner.StartedAt > Log.OpenedAt && !owner.IsConfirmed)
            Fail($"{owner.Id} began after {Log.Generation}, and goes on alone with what was before that");
        _logs.Add(log);
        if (generation > Log.Generation)
        {
            Log = log;
            _checkedEntries = -1;
        }
        return log;
    }

    public int Percent() => Random.Below(100);

    private bool Can(ClusterDefinition definition, SlotState slot, NodeId node) =>
        Truth.Nodes.TryGetValue(node, out var known)
        && known.Status != NodeStatus.Down
        && known.Standby == StateMachine.Events.StandbyKind.None
        && slot.Failures.GetValueOrDefault(node) < Topology.Of(definition).Resources[slot.Id.Resource].MigrationThreshold;

    private void StepOnce()
    {
        Now += Step;
        foreach (var host in _hosts) host.PassTime(Step);
        Network.Deliver();
        for (var i = 0; i < _logs.Count; i++) _logs[i].Advance();
        foreach (var host in _hosts) host.Advance();
        _overlaps.Check(_hosts);
        if (_checkedEntries == Log.Count) return;
        _checkedEntries = Log.Count;
        if (StateInvariants.Check(Truth) is { IsEmpty: false } broken) Fail(string.Join("; ", broken));
    }
}
