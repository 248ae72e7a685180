using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>Three hosts under one seed: real lease cores, real Apply and Decide, a network that loses, delays, repeats, reorders and cuts one way,
/// pauses, kills, reboots, failing flushes, clocks of different rates. The log is assumed right: one sequence, each node has
/// applied a prefix of it. Seen from outside at every tick: at most one host runs the exclusive slot.</summary>
internal sealed partial class LeaseWorld
{
    /// <summary>Of world time; a keep-alive interval is two of them, D is 24.</summary>
    public static readonly TimeSpan TickLength = TimeSpan.FromMilliseconds(10);

    private const double RateError = 0.02;
    private const int ReleaseTicks = 5;

    private readonly SplitMix64 _random;
    private readonly WorldRules _rules;
    private readonly ClusterDefinition _tooLong;
    private readonly LeaseOutputs _outputs = new();
    private double _faultRate;

    /// <param name="isCalm">Nothing goes wrong but what the test does by hand.</param>
    public LeaseWorld(ulong seed, WorldRules rules, bool isCalm = false)
    {
        _random = new SplitMix64(seed);
        _rules = rules;
        _tooLong = Cluster3.Definition with
        {
            Timing = Cluster3.Definition.Timing with { Lease = Cluster3.D + (TickLength * 6) },
        };
        _faultRate = _random.Below(3) switch { 0 => 0.005, 1 => 0.015, _ => 0.03 };
        if (isCalm) _faultRate = 0;
        foreach (var id in Cluster3.All)
        {
            var rate = 1 + (RateError * (_random.Below(3) - 1));
            var node = new WorldNode(id, rate, TimeSpan.FromSeconds(1 + _random.Below(1000)));
            Boot(node);
            Nodes.Add(node);
        }
        Leader = Nodes[0];
        Configure();
    }

    public List<WorldNode> Nodes { get; } = [];

    public WorldNode Leader { get; private set; }

    public int Tick { get; private set; }

    /// <summary>The story of the violation; null as long as there is none.</summary>
    public string? Violation { get; private set; }

    public List<string> Story { get; } = [];

    public bool HasCalmState =>
        Nodes.Count(n => n.Running is not null) == 1
        && Newest.Nodes.Values.All(n => n.Status == NodeStatus.Up)
        && Newest.Slots[Cluster3.Slot] is { Phase: SlotPhase.Started } slot
        && Nodes.Single(n => n.Running is not null).Running == slot.Token;

    public void Step()
    {
        Tick++;
        Disturb();
        foreach (var node in Nodes)
        {
            if (_rules.ClocksRun || node.PausedUntil <= Tick) node.Clock += TickLength * node.Rate;
        }
        Deliver();
        foreach (var node in Nodes.Where(n => n.Works(Tick))) RunDaemon(node);
        foreach (var node in Nodes) RunGuard(node);
        Lead();
        Look();
    }

    /// <summary>All faults end; what was lost stays lost.</summary>
    public void Heal()
    {
        _faultRate = 0;
        _cuts.Clear();
        foreach (var node in Nodes)
        {
            node.PausedUntil = node.CutOffLogUntil = 0;
            node.GoneUntil = Math.Min(node.GoneUntil, Tick);
        }
    }

    private void Look()
    {
        var running = Nodes.Where(n => n.Running is not null).ToArray();
        if (running.Length <= 1 || Violation is not null) return;
        Violation = $"tick {Tick}: " + string.Join(" and ", running.Select(n => $"{n.Id} runs it under token {n.Running}"));
        Say(Violation);
    }

    private void Say(string what) => Story.Add($"{Tick,4} {what}");
}
