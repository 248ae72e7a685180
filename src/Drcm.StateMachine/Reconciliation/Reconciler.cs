using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Reconciliation;

/// <summary>Brings what runs on this node in line with what the log says it owns. Works from state, never from single events (O10),
/// so a step may be repeated or left out at will. Pure: actions go out through <see cref="IReconcilerEffects"/>, results come back
/// through <see cref="Finish"/>.</summary>
/// <remarks>Rules: nothing starts without a lease, the node's own <c>node.started</c> applied and a token not yet finished (O1, O9, O10);
/// what is exclusive stops when the lease ends, whatever the log says; a token is finished once its resource has been stopped.</remarks>
public sealed partial class Reconciler
{
    /// <summary>How long a start waits for earlier kinds of the same home, and a stop for later ones (DESIGN 4). Past it a slow
    /// neighbour delays nobody.</summary>
    private static readonly TimeSpan OrderWaitMax = TimeSpan.FromSeconds(5);

    /// <summary>Tries of a stop that a daemon about to exit waits for; with the back-off the third comes after three seconds.</summary>
    private const int StopTriesMax = 3;

    private static readonly TimeSpan BackoffFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(30);

    private readonly NodeId _self;
    private readonly Incarnation _incarnation;
    private readonly ReconcilerRules _rules;
    private readonly ClusterDefinition? _own;
    private readonly SortedDictionary<ResourceId, LocalResource> _resources = [];
    private readonly SortedDictionary<SlotId, SlotRecord> _slots = [];
    private readonly Dictionary<ResourceId, RunEntry> _adopted;
    private RunTable _saved;
    private LogIndex _configuredAt = LogIndex.None;
    private bool _isFirstConfiguration = true;
    private long _lastActionId;

    /// <param name="adopted">What an earlier incarnation of this boot left running.</param>
    /// <param name="own">Of the node's own cm.cfg: how to stop what was left, should the lease end before the log can be read.</param>
    public Reconciler(NodeId self, Incarnation incarnation, RunTable adopted, ReconcilerRules rules, ClusterDefinition? own = null)
    {
        _own = own;
        _self = self;
        _incarnation = incarnation;
        _rules = rules;
        _saved = adopted;
        _adopted = adopted.Entries.ToDictionary(e => e.Slot.Resource);
    }

    /// <summary>Something exclusive runs here or may run (O5).</summary>
    public bool HoldsExclusive =>
        _adopted.Count > 0 || _resources.Values.Any(r => r.Definition.IsExclusive && r.MayBeHere);

    /// <summary>A start or monitor of something exclusive is at work: it may acquire as long as it lives (O17).</summary>
    public bool HasAcquirer => _resources.Values.Any(r =>
        r.Definition.IsExclusive && r.Action is { Kind: ActionKind.Start or ActionKind.Monitor });

    /// <summary>No action is running and nothing waits for one.</summary>
    public bool IsIdle => _resources.Values.All(r => r.Action is null && r.Phase is LocalPhase.Absent or LocalPhase.Running);

    /// <summary>An action is running.</summary>
    public bool IsActing => _resources.Values.Any(r => r.Action is not null);

    /// <summary>All that is left to do are stops that have failed this often: waiting longer will not end them.</summary>
    public bool IsStuck => _resources.Values.All(r =>
        (r.Action is null && r.Phase is LocalPhase.Absent or LocalPhase.Running)
        || (r.Phase is LocalPhase.Stopping or LocalPhase.Unknown && r.FailuresInRow >= StopTriesMax));

    /// <summary>When the next step is due if nothing happens before.</summary>
    public TimeSpan NextWake { get; private set; } = TimeSpan.MaxValue;

    /// <summary>One line for each slot that the log gives this node, for its keep-alives.</summary>
    public ImmutableArray<SlotReport> Reports { get; private set; } = [];

    public void Step(ReconcilerInput input, IReconcilerEffects effects)
    {
        NextWake = TimeSpan.MaxValue;
        Configure(input);
        var wanted = Wanted(input);
        foreach (var resource in _resources.Values) Mark(resource, input, wanted);
        var isBarred = !input.IsRemoved && !IsIntroduced(input.State);
        foreach (var resource in _resources.Values) Advance(resource, input, wanted, isBarred, effects);
        FinishRevoked(input, wanted);
        SaveIfChanged(effects);
        Report(input.State);
        if (input.LeaseEnd is { } end && end > input.Now) WakeAt(end);
    }

    /// <summary>Something happened to what runs here: its monitor is due at once. Whether that is a failure, the monitor says. Call <see cref="Step"/> after it.</summary>
    public void LookAgain(TimeSpan now, ResourceId id)
    {
        if (_resources.TryGetValue(id, out var resource) && now < resource.NextMonitor) resource.NextMonitor = now;
    }

    /// <summary>O9: the projection has applied this incarnation's own introduction.</summary>
    private bool IsIntroduced(ClusterState state) =>
        !_rules.IntroducesFirst
        || (state.Nodes.TryGetValue(_self, out var node) && node.Incarnation == _incarnation);

    private void Configure(ReconcilerInput input)
    {
        if (input.State.Definition is null) AdoptByOwnFile(input);
        if (input.State.Definition is not { } definition || input.State.ConfiguredAt == _configuredAt) return;
        _configuredAt = input.State.ConfiguredAt;
        foreach (var resource in definition.Resources)
        {
            if (_resources.TryGetValue(resource.Id, out var local))
            {
                local.Definition = resource;
                continue;
            }
            _resources[resource.Id] = local = new LocalResource(resource.Id, resource);
            if (_adopted.Remove(resource.Id, out var entry)) Adopt(local, entry, input);
            else if (_isFirstConfiguration && resource.IsExclusive)
            {
                local.NeedsLook = true;
            }
        }
        _isFirstConfiguration = false;
        AdoptWhatLeft(input);
    }

    /// <summary>What runs here may have left the configuration, or come into it later than its first version: either way it is known how to stop it.</summary>
    private void AdoptWhatLeft(ReconcilerInput input)
    {
        foreach (var (id, entry) in _adopted)
        {
            if (entry.Definition is { } definition && !_resources.ContainsKey(id))
                Adopt(_resources[id] = new LocalResource(id, definition), entry, input);
        }
        _adopted.Clear();
    }

    /// <summary>A node that has no log on its disk, or cannot read it, still has to release what its former self left.</summary>
    private void AdoptByOwnFile(ReconcilerInput input)
    {
        if (_own is null || _adopted.Count == 0 || input.HoldsLease) return;
        foreach (var resource in _own.Resources)
        {
            if (_resources.ContainsKey(resource.Id) || !_adopted.Remove(resource.Id, out var entry)) continue;
            Adopt(_resources[resource.Id] = new LocalResource(resource.Id, resource), entry, input);
        }
    }

    private static void Adopt(LocalResource local, RunEntry entry, ReconcilerInput input)
    {
        local.Phase = entry.IsSettled ? LocalPhase.Running : LocalPhase.Starting;
        local.Slot = entry.Slot;
        local.Token = entry.Token;
        local.NextMonitor = input.Now;
    }

    /// <summary>Left running when the daemon exits: kept by the node's settings and not exclusive (O15).</summary>
    private bool IsKept(SlotId slot, ClusterState state) =>
        _resources.TryGetValue(slot.Resource, out var resource)
        && (!resource.Definition.IsExclusive || !_rules.KeepsNothingExclusive)
        && state.Definition?.Nodes.FirstOrDefault(n => n.Id == _self)?.Keeps(slot.Resource.Kind) == true;

    /// <summary>The slots that this node shall run, by resource: the first one in slot order is the one it runs under.</summary>
    private SortedDictionary<ResourceId, SlotState> Wanted(ReconcilerInput input)
    {
        var wanted = new SortedDictionary<ResourceId, SlotState>();
        foreach (var slot in input.State.Slots.Values)
        {
            if (slot.Owner != _self || slot.Phase is not (SlotPhase.Assigned or SlotPhase.Started)) continue;
            if (IsFinished(slot) || (input.IsClosing && !IsKept(slot.Id, input.State))) continue;
            wanted.TryAdd(slot.Id.Resource, slot);
        }
        return wanted;
    }

    private static void Mark(
        LocalResource resource, ReconcilerInput input, SortedDictionary<ResourceId, SlotState> wanted)
    {
        if (wanted.ContainsKey(resource.Id))
        {
            resource.WantedSince ??= input.Now;
            resource.UnwantedSince = null;
        }
        else
        {
            resource.UnwantedSince ??= input.Now;
            resource.WantedSince = null;
            // A stop that keeps failing keeps its back-off.
            if (resource.Phase is not (LocalPhase.Stopping or LocalPhase.Unknown)) resource.FailuresInRow = 0;
        }
    }

    private void SaveIfChanged(IReconcilerEffects effects)
    {
        var table = CurrentTable();
        if (table.Entries.SequenceEqual(_saved.Entries)) return;
        _saved = table;
        effects.SaveRunTable(table);
    }

    private RunTable CurrentTable() => new([
        .. _adopted.Values.OrderBy(e => e.Slot),
        .. _resources.Values.Where(r => r.Phase != LocalPhase.Absent)
            .Select(r => new RunEntry(r.Slot, r.Token, r.Phase == LocalPhase.Running, r.Definition)),
    ]);

    private void WakeAt(TimeSpan at)
    {
        if (at < NextWake) NextWake = at;
    }
}
