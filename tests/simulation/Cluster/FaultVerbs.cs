using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <summary>What can happen to a cluster, by name, with how often of a thousand.</summary>
internal static class FaultVerbs
{
    public static SortedDictionary<string, (int Weight, int NumberMax, Action<World, WorldHost, FaultStep> Do)> All { get; } = new(StringComparer.Ordinal)
    {
        ["kill-daemon"] = (90, 3000, (_, h, s) => h.KillDaemon(s.Duration)),
        ["kill-guard"] = (20, 300, (_, h, s) => h.Guard.Kill(s.Duration)),
        ["kill-both"] = (30, 2500, KillBoth),
        ["freeze-daemon"] = (70, 6000, (_, h, s) => h.Pause(s.Duration)),
        ["freeze-guard"] = (30, 6000, (_, h, s) => h.Guard.Freeze(s.Duration)),
        ["freeze-both"] = (40, 6000, FreezeBoth),
        ["freeze-host"] = (40, 6000, (_, h, s) => h.Freeze(s.Duration, clockStops: false)),
        ["stop-clock"] = (15, 6000, (_, h, s) => h.Freeze(s.Duration, clockStops: true)),
        ["power-off"] = (50, 6000, (_, h, s) => h.PowerOff(s.Duration)),
        ["reboot"] = (20, 800, (_, h, s) => h.PowerOff(s.Duration)),
        ["shutdown"] = (20, 3000, (_, h, s) => h.Shutdown(s.Duration)),
        ["shutdown-all"] = (5, 3000, ShutdownAll),
        ["fail-fencing"] = (15, 6000, (w, _, s) => w.FenceFailsUntil = w.Now + s.Duration),
        ["confirm-down"] = (15, 1, ConfirmDown),
        ["full-run-dir"] = (15, 6000, (w, h, s) => h.TroubledUntil = w.Now + s.Duration),
        ["wipe"] = (10, 2000, Wipe),
        ["cut"] = (80, 6000, (w, h, s) => Cut(w, h, s, isOut: true, isIn: true)),
        ["cut-out"] = (50, 6000, (w, h, s) => Cut(w, h, s, isOut: true, isIn: false)),
        ["cut-in"] = (50, 6000, (w, h, s) => Cut(w, h, s, isOut: false, isIn: true)),
        ["split"] = (30, 6000, Split),
        ["loss"] = (40, 50, (w, _, s) => w.Network.Loss = s.Number),
        ["delay"] = (20, 700, (w, _, s) => w.Network.DelayMax = s.Number),
        ["isolate"] = (0, 9000, Isolate),
        ["cut-service"] = (0, 9000, (w, h, s) => w.Network.CutService(h.Id, s.Duration, isOut: true, isIn: true)),
        ["cut-service-out"] = (0, 9000, (w, h, s) => w.Network.CutService(h.Id, s.Duration, isOut: true, isIn: false)),
        ["cut-service-in"] = (0, 9000, (w, h, s) => w.Network.CutService(h.Id, s.Duration, isOut: false, isIn: true)),
        ["mend-service"] = (0, 1, (w, h, _) => w.Network.CutService(h.Id, TimeSpan.Zero, isOut: true, isIn: true)),
        ["stop-gateway"] = (0, 9000, (w, _, s) => w.Network.StopGateway(s.Duration)),
        ["mute"] = (0, 9000, (w, _, s) => w.Network.Mute(s.Duration)),
        ["no-probes"] = (0, 60000, (w, h, s) => w.Network.RefuseProbes(h.Id, s.Duration)),
        ["confirm-peer-down"] = (0, 1, (w, h, s) => h.ConfirmDown(s.Others[0])),
        ["wait"] = (0, 1, (_, _, _) => { }),
        ["mend"] = (80, 1, (w, _, _) => w.Network.Heal()),
        ["lose-leader"] = (40, 1, (w, _, _) => w.Log.LoseLeader()),
        ["slow-log"] = (15, 4000, (w, _, s) => w.Log.SlowUntil = w.Now + s.Duration),
        ["lag"] = (25, 6000, (w, h, s) => h.StandBehind(s.Duration)),
        ["hold"] = (0, 1, (w, h, _) => h.ReadMax = w.Log.Count),
        ["release"] = (0, 1, (_, h, _) => h.ReadMax = int.MaxValue),
        ["full-disk"] = (20, 5000, (w, h, s) => h.Disk.Fill(w.Now + s.Duration)),
        ["slow-disk"] = (20, 1200, SlowDisk),
        ["fail-start"] = (20, 5000, (w, h, s) => Trouble(w, h, s, ActionKind.Start)),
        ["fail-stop"] = (10, 3000, (w, h, s) => Trouble(w, h, s, ActionKind.Stop)),
        ["fail-monitor"] = (15, 5000, (w, h, s) => Trouble(w, h, s, ActionKind.Monitor)),
        ["slow-start"] = (20, 5000, (w, h, s) => h.Machine.SlowUntil = w.Now + s.Duration),
        ["set-clock"] = (20, 20000, (_, h, s) => h.SetWallClock(TimeSpan.FromMilliseconds(s.Number - 10000))),
        ["standby"] = (15, 1, (w, h, _) => Ask(w, new SetStandby(h.Id))),
        ["activate"] = (20, 1, (w, h, _) => Ask(w, new Activate(h.Id))),
        ["move"] = (40, 50, (w, h, s) => Ask(w, new RequestMove(SlotOf(w, s), h.Id))),
        ["unmove"] = (10, 50, (w, _, s) => Ask(w, new RequestMove(SlotOf(w, s), null))),
        ["clear"] = (10, 50, (w, _, s) => Ask(w, new ClearFailures(SlotOf(w, s)))),
        ["maintenance"] = (10, 1, (w, _, _) => Ask(w, new EnterMaintenance())),
        ["end-maintenance"] = (20, 1, (w, _, _) => Ask(w, new LeaveMaintenance())),
        ["apply"] = (30, 60, Apply),
    };

    /// <summary>What breaks between two nodes that may go on alone. Taken as often as everything else together.</summary>
    private static readonly (string Verb, int Weight)[] PairWeights =
        [("isolate", 30), ("cut", 10), ("cut-in", 5), ("cut-out", 5), ("cut-service", 25), ("cut-service-out", 10), ("cut-service-in", 10), ("stop-gateway", 15), ("mute", 10), ("power-off", 10), ("mend", 20)];

    private static int WeightSum { get; } = All.Values.Sum(v => v.Weight);

    public static FaultStep Random(SplitMix64 random, IReadOnlyList<NodeId> nodes, bool isPair = false)
    {
        if (isPair && random.Below(100) < 50) return RandomOfPair(random, nodes);
        var at = random.Below(WeightSum);
        var verb = All.First(v => (at -= v.Value.Weight) < 0);
        var others = nodes.Where(_ => random.Below(100) < 60).ToArray();
        return new FaultStep(
            TimeSpan.FromMilliseconds(20 + random.Below(800)), verb.Key, nodes[random.Below(nodes.Count)], others, 1 + random.Below(verb.Value.NumberMax));
    }

    /// <summary>Mostly long enough to be noticed.</summary>
    private static FaultStep RandomOfPair(SplitMix64 random, IReadOnlyList<NodeId> nodes)
    {
        var at = random.Below(PairWeights.Sum(v => v.Weight));
        var verb = PairWeights.First(v => (at -= v.Weight) < 0).Verb;
        return new FaultStep(TimeSpan.FromMilliseconds(20 + random.Below(2500)), verb, nodes[random.Below(nodes.Count)], nodes, 500 + random.Below(7000));
    }

    public static void Do(World world, FaultStep step)
    {
        if (!world.Hosts.TryGetValue(step.Node, out var host)) return;
        world.Say($"--- {step}");
        All[step.Verb].Do(world, host, step);
    }

    private static void KillBoth(World world, WorldHost host, FaultStep step)
    {
        host.Guard.Kill(step.Duration / 4);
        host.KillDaemon(step.Duration);
    }

    private static void FreezeBoth(World world, WorldHost host, FaultStep step)
    {
        host.Guard.Freeze(step.Duration);
        host.Pause(step.Duration);
    }

    /// <summary>As somebody does who moves the rack; each is started again when it has ended.</summary>
    private static void ShutdownAll(World world, WorldHost host, FaultStep step)
    {
        foreach (var each in world.Hosts.Values) each.Shutdown(step.Duration);
    }

    /// <summary>An operator who has seen that the host is off, and never says so of one that is on.</summary>
    private static void ConfirmDown(World world, WorldHost host, FaultStep step)
    {
        if (!host.IsOn) Ask(world, new ConfirmFenced(host.Id, "operator test"));
    }

    /// <summary>Spools are lost one at a time, and never so that the rest is no majority: no log outlives that.</summary>
    private static void Wipe(World world, WorldHost host, FaultStep step)
    {
        var isWhole = world.Hosts.Values.All(h => !world.Log.Members.ContainsKey(h.Id) || world.Log.IsMember(h));
        if (isWhole && world.Log.Members.Count > 2) host.Wipe(step.Duration);
    }

    private static void Cut(World world, WorldHost host, FaultStep step, bool isOut, bool isIn)
    {
        foreach (var other in step.Others.Where(o => o != host.Id))
        {
            if (isOut) world.Network.Cut(host.Id, other, step.Duration);
            if (isIn) world.Network.Cut(other, host.Id, step.Duration);
        }
    }

    /// <summary>Neither the cable nor the service network.</summary>
    private static void Isolate(World world, WorldHost host, FaultStep step)
    {
        Cut(world, host, step, isOut: true, isIn: true);
        world.Network.CutService(host.Id, step.Duration, isOut: true, isIn: true);
    }

    /// <summary>The others and the rest do not reach each other.</summary>
    private static void Split(World world, WorldHost host, FaultStep step)
    {
        foreach (var one in step.Others)
        {
            foreach (var other in world.Hosts.Keys.Where(o => !step.Others.Contains(o)))
            {
                world.Network.Cut(one, other, step.Duration);
                world.Network.Cut(other, one, step.Duration);
            }
        }
    }

    private static void SlowDisk(World world, WorldHost host, FaultStep step)
    {
        host.Disk.Slowness = step.Duration;
        host.Disk.SlowUntil = world.Now + (step.Duration * 3);
    }

    /// <summary>Of what is at home on the others.</summary>
    private static void Trouble(World world, WorldHost host, FaultStep step, ActionKind kind)
    {
        foreach (var node in world.Definition.Nodes.Where(n => step.Others.Contains(n.Id)))
        {
            foreach (var resource in node.HomeResources) host.Machine.Trouble(resource, kind, step.Duration);
        }
    }

    private static SlotId SlotOf(World world, FaultStep step)
    {
        var slots = world.Truth.Slots;
        return slots.IsEmpty ? default : slots.Keys.ElementAt(step.Number % slots.Count);
    }

    private static void Ask(World world, Command command)
    {
        if (world.Log.Leader is { } leader) world.Hosts[leader].Submit(command);
    }

    /// <summary>Other voters, another timing, a resource less, by the number.</summary>
    private static void Apply(World world, WorldHost host, FaultStep step)
    {
        var definition = world.Definition;
        if (step.Number % 3 == 1) definition = WorldCluster.Faster(definition);
        if (step.Number % 3 == 2) definition = WorldCluster.Without(definition, definition.Resources[step.Number / 3 % definition.Resources.Length].Id);
        if (step.Number % 2 == 1 && step.Others.Count > 1)
            definition = WorldCluster.WithVoters(definition, [.. definition.Nodes.Where(n => n.IsWitness || step.Others.Contains(n.Id)).Select(n => n.Id.Value)]);
        Ask(world, WorldCluster.Configure(definition));
    }
}
