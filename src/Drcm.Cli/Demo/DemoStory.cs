using System.Diagnostics;
using System.Globalization;
using Drcm.Cli.Output;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>Healthy, the owner's host killed, takeover, its return, failback.</summary>
internal sealed class DemoStory(DemoPlan plan, DemoDirectory directory, DemoCluster cluster, DemoOptions options, IDemoScreen screen)
{
    private readonly DemoFigures _figures = new() { Nodes = plan.Running.Length };

    public DemoFigures Figures => _figures;

    public async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach (var remark in plan.Remarks) screen.Say(remark, Tone.Warn);
        var healthy = await StartAsync(cancellationToken);
        await PauseAsync(cancellationToken);
        var victim = Victim(healthy);
        var survivor = cluster.Hosts.First(host => host != victim);
        var changesBefore = (await survivor.Control.StatusAsync(cancellationToken)).Cluster.LeaderChanges;
        await KillAsync(victim, healthy, cancellationToken);
        await PauseAsync(cancellationToken);
        await ReturnAsync(victim, healthy, cancellationToken);
        var after = await survivor.Control.StatusAsync(cancellationToken);
        _figures.LeaderChanges = after.Cluster.LeaderChanges - changesBefore;
        _figures.Events = await CountEventsAsync(survivor, cancellationToken);
        await PauseAsync(cancellationToken);
    }

    private async Task<ClusterStatus> StartAsync(CancellationToken cancellationToken)
    {
        var first = plan.Running[0].KeepAliveAddresses[0];
        screen.Say($"{plan.Running.Length} daemons start on {first} and the addresses after it, in {directory.Path}");
        var started = Stopwatch.GetTimestamp();
        foreach (var host in cluster.Hosts) host.Start();
        var healthy = await cluster.UntilAsync(
            IsHealthy,
            options.StartTimeout,
            status => status is null ? "no daemon answers" : $"not everything is running: {string.Join(" ", Health.Of(status).Sentences)}",
            cancellationToken);
        _figures.HealthyMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        _figures.DetectionBoundMs = healthy.Cluster.DeadAfterMs;
        _figures.Resources = healthy.Slots.Length;
        screen.Say(
            $"healthy after {Seconds(_figures.HealthyMs)}: {Count(healthy.Slots.Count(slot => slot.Phase == SlotPhase.Started))} running, "
            + $"leader is {healthy.Cluster.Leader}", Tone.Good);
        return healthy;
    }

    private async Task KillAsync(DemoHost victim, ClusterStatus healthy, CancellationToken cancellationToken)
    {
        var owned = healthy.Slots.Where(slot => slot.Owner == victim.Node.Value).ToList();
        var moving = owned.Where(slot => HasTakerBeside(slot, victim)).ToList();
        screen.Say(
            $"{victim.Node} owns most, {Count(owned.Count)}: its whole host is killed now (SIGKILL to the daemon and to all that it started)", Tone.Bad);
        var marks = moving.Select(MarkOf).Distinct(StringComparer.Ordinal).ToList();
        var others = cluster.Hosts.Where(host => host != victim).Select(host => host.Node).ToList();
        var killed = victim.Kill();
        var taken = await cluster.MarksUntilAsync(
            seen => marks.TrueForAll(mark => others.Exists(node => seen[node].Contains(mark))),
            TimeSpan.FromMilliseconds(healthy.Cluster.DeadAfterMs) + options.TakeoverTimeout,
            $"not every resource of {victim.Node} runs elsewhere",
            cancellationToken);
        _figures.TakeoverMs = Stopwatch.GetElapsedTime(killed, taken).TotalMilliseconds;
        var names = moving.Select(slot => slot.Slot).ToHashSet(StringComparer.Ordinal);
        var status = await cluster.UntilAsync(
            now => now.Slots.Where(slot => names.Contains(slot.Slot)).All(slot => slot.Phase == SlotPhase.Started && slot.Owner != victim.Node.Value),
            options.TakeoverTimeout,
            _ => $"the log does not say that every resource of {victim.Node} was started elsewhere",
            cancellationToken);
        screen.Say(
            $"takeover after {Seconds(_figures.TakeoverMs)}, of which {Seconds(_figures.DetectionBoundMs)} are the silence that makes sure that the host is dead", Tone.Good);
        foreach (var group in status.Slots.Where(slot => names.Contains(slot.Slot)).GroupBy(slot => slot.Owner, StringComparer.Ordinal))
        {
            screen.Say($"    {group.Key} runs {string.Join(", ", group.Select(slot => $"{slot.Kind}:{slot.Nickname}"))}");
        }
        foreach (var slot in owned.Except(moving)) screen.Say($"    {slot.Slot} has no other node that may run it, and waits", Tone.Warn);
        if (status.Nodes.FirstOrDefault(node => node.Name == victim.Node.Value) is { } line) screen.Say($"    why: {line.Reason}");
    }

    private async Task ReturnAsync(DemoHost victim, ClusterStatus healthy, CancellationToken cancellationToken)
    {
        screen.Say($"the host of {victim.Node} boots again");
        var policies = plan.Definition.Resources.ToDictionary(resource => resource.Id, resource => resource.Failback.Kind);
        var home = healthy.Slots
            .Where(slot => slot.Phase == SlotPhase.Started)
            .Where(slot => SlotId.TryParse(slot.Slot, out var id) && policies.GetValueOrDefault(id.Resource) == FailbackKind.Auto)
            .ToDictionary(slot => slot.Slot, slot => slot, StringComparer.Ordinal);
        var places = home.Values.Select(slot => (Mark: MarkOf(slot), Node: new NodeId(slot.Owner!))).ToList();
        var started = Stopwatch.GetTimestamp();
        victim.Start();
        var back = await cluster.MarksUntilAsync(
            seen => places.TrueForAll(place => seen[place.Node].Contains(place.Mark)),
            options.FailbackTimeout,
            $"not every resource runs at home again",
            cancellationToken);
        var status = await cluster.UntilAsync(
            now => now.Slots.Where(slot => home.ContainsKey(slot.Slot)).All(slot => slot.Phase == SlotPhase.Started && slot.Owner == home[slot.Slot].Owner),
            options.FailbackTimeout,
            now => now is null ? "no daemon answers" : $"not everything is at home: {string.Join(" ", Health.Of(now).Sentences)}",
            cancellationToken);
        _figures.FailbackMs = Stopwatch.GetElapsedTime(started, back).TotalMilliseconds;
        screen.Say($"failback after {Seconds(_figures.FailbackMs)}: {Count(home.Count)} at home again; each was stopped on its backup first", Tone.Good);
        foreach (var slot in status.Slots.Where(slot => !home.ContainsKey(slot.Slot) && slot.Owner != slot.Home && slot.Owner is not null))
        {
            screen.Say($"    {slot.Slot} stays on {slot.Owner}, as its failback policy says");
        }
    }

    /// <summary>Every slot that some running node may own is started: at home if the home node runs.</summary>
    private bool IsHealthy(ClusterStatus status) =>
        status.Nodes.Count(node => node.IsActive && node.Status == NodeStatus.Up) == plan.Running.Length
        && status.Cluster.HasQuorum
        && status.Cluster.Leader is not null
        && status.Slots.Where(slot => IsOn(slot.Home) || slot.Backups.Any(IsOn))
            .All(slot => slot.Phase == SlotPhase.Started && (slot.Owner == slot.Home || !IsOn(slot.Home)));

    private bool IsOn(string node) => cluster.Hosts.Any(host => host.Node.Value == node);

    private DemoHost Victim(ClusterStatus healthy) => cluster.Hosts
        .Where(host => healthy.Slots.Any(slot => slot.Owner == host.Node.Value && HasTakerBeside(slot, host)))
        .OrderByDescending(host => healthy.Slots.Count(slot => slot.Owner == host.Node.Value))
        .FirstOrDefault()
        ?? throw new DemoFailure("no resource of this configuration has a backup node: nothing could be taken over; add node_backup_ lines");

    private bool HasTakerBeside(SlotLine slot, DemoHost victim) =>
        slot.Backups.Append(slot.Home).Any(node => node != victim.Node.Value && IsOn(node));

    private static string MarkOf(SlotLine slot) => $"{slot.Kind}-{slot.Nickname}";

    private static async Task<int> CountEventsAsync(DemoHost host, CancellationToken cancellationToken)
    {
        var count = 0;
        var request = new ControlRequest(ControlProtocol.Version, ControlProtocol.Events);
        await foreach (var _ in host.Control.EventsAsync(request, cancellationToken)) count++;
        return count;
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (!options.IsJson) await Task.Delay(options.ReadingPause, cancellationToken);
    }

    private static string Count(int resources) => resources == 1 ? "1 resource" : $"{resources} resources";

    private static string Seconds(double? milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.00} s");
}
