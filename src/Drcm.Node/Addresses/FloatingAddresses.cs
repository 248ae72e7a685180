using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Drcm.Node.Announcements;
using Drcm.Node.Gate;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Addresses;

/// <summary>Binds this node's floating addresses to its lease: gate, lifetimes, announcements, and what the kernel tells of them. Told of each renewal, of what
/// runs here and of the configuration; works from the newest of each. Thread-safe.</summary>
internal sealed class FloatingAddresses : IDisposable
{
    /// <summary>Without neighbours: a cluster on one machine.</summary>
    private const string Loopback = "lo";

    private readonly Lock _lock = new();
    private readonly NodeId _self;
    private readonly AddressHolder _holder;
    private readonly KernelGate _gate;
    private readonly AddressKeeper _keeper;
    private readonly AddressAnnouncer _announcer;
    private readonly ClaimWatch _claims;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<IPAddress, string> _removedFrom = new();
    private TimeSpan? _leaseEnd;
    private TimeSpan _stopBudget;
    private ImmutableArray<IpAddressDefinition> _held = [];
    private ImmutableArray<IPAddress> _listed = [];
    private ImmutableArray<IPAddress> _open = [];
    private ImmutableArray<IPAddress> _gated = [];
    private bool _isRemoved;

    public FloatingAddresses(
        NodeId self, AddressHolder holder, KernelGate gate, AddressAnnouncer announcer, ClaimWatch claims, Func<Action<InterfaceAddress>, AddressKeeper> keeper)
    {
        (_self, _holder, _gate, _announcer, _claims) = (self, holder, gate, announcer, claims);
        _keeper = keeper(Removed);
    }

    /// <summary>Somebody has taken an address that runs here from its interface; on any thread.</summary>
    public Action<ResourceId>? Disturbed { get; set; }

    /// <summary>Why the kernel does not gate them; empty: it does; null: there is none here that could be gated.</summary>
    public string? GateProblem
    {
        get
        {
            lock (_lock) return _gated.IsEmpty ? null : _gate.Problem ?? "it is not made yet";
        }
    }

    /// <param name="adopted">What the previous incarnation left, under <paramref name="leaseEnd"/>.</param>
    /// <param name="announceInterval">Zero: only when an address comes here.</param>
    public void Start(ClusterDefinition definition, RunTable adopted, TimeSpan? leaseEnd, TimeSpan announceInterval)
    {
        _gate.Start();
        _keeper.Start();
        _claims.Start();
        _leaseEnd = leaseEnd;
        _holder.LeaseEnd = leaseEnd;
        _claims.LeaseMoved(leaseEnd);
        Follow(definition);
        Follow(adopted);
        if (announceInterval > TimeSpan.Zero) _ = PeriodicAnnouncements.RunAsync(announceInterval, Leased, _announcer.AnnounceOnce, _ending.Token);
    }

    public void LeaseMoved(TimeSpan? leaseEnd)
    {
        _holder.LeaseEnd = leaseEnd;
        _claims.LeaseMoved(leaseEnd);
        lock (_lock)
        {
            _leaseEnd = leaseEnd;
            Order();
        }
    }

    public void Follow(RunTable table)
    {
        lock (_lock)
        {
            _held = [.. table.Entries.Select(e => e.Definition).OfType<IpAddressDefinition>()];
            _open = [.. _held.SelectMany(AddressesOf)];
            _gated = [.. _listed.Union(_open)];
            _keeper.Refresh([.. _held.Where(ip => BuiltInScript.Is(ip.Script, AddressHolder.BuiltIn)).SelectMany(AddressesOf)]);
            _claims.Hold(_open);
            foreach (var gone in _removedFrom.Keys.Where(a => !_open.Contains(a))) _removedFrom.TryRemove(gone, out _);
            Order();
        }
    }

    public void Follow(ClusterDefinition definition)
    {
        var node = definition.Nodes.FirstOrDefault(n => n.Id == _self);
        var mine = node is null ? [] : node.HomeResources.Concat(node.Backups.Select(b => b.Resource)).ToHashSet();
        lock (_lock)
        {
            _stopBudget = definition.Timing.StopBudget;
            _listed = [.. definition.Resources.OfType<IpAddressDefinition>().Where(ip => mine.Contains(ip.Id)).SelectMany(AddressesOf)];
            _gated = [.. _listed.Union(_open)];
            Order();
        }
    }

    /// <summary>From which interface somebody has taken the address since this was last asked; null: nobody did. A refresh may have put it back meanwhile:
    /// it was away all the same.</summary>
    public string? TakeRemoval(IpAddressDefinition ip)
    {
        if (!IPAddress.TryParse(ip.Address, out var address)) return null;
        _keeper.CatchUp();
        return _removedFrom.TryRemove(address, out var device) ? device : null;
    }

    /// <summary>The daemon has handed everything over. Otherwise the gate stays, and closes by itself.</summary>
    public void RemoveGate()
    {
        lock (_lock)
        {
            _isRemoved = true;
            _gate.Remove();
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _claims.End();
        _keeper.Dispose();
        _claims.Dispose();
        _gate.Dispose();
        _ending.Dispose();
    }

    private void Order()
    {
        if (_isRemoved) return;
        _gate.Order(new GateOrder(_gated, _open, _leaseEnd is { } end ? ReleaseSchedule.Deadline(end, _stopBudget) : null));
    }

    private void Removed(InterfaceAddress gone)
    {
        ImmutableArray<IpAddressDefinition> held;
        lock (_lock) held = _held;
        foreach (var ip in held.Where(ip => AddressesOf(ip).Contains(gone.Address)))
        {
            _removedFrom[gone.Address] = gone.Interface;
            Disturbed?.Invoke(ip.Id);
        }
    }

    private ImmutableArray<IPAddress> Leased()
    {
        lock (_lock) return _leaseEnd is { } end && Clock.MonotonicClock.Now < end ? _open : [];
    }

    /// <summary>With <c>probe=script</c> the script alone knows what the address is.</summary>
    private static IEnumerable<IPAddress> AddressesOf(IpAddressDefinition ip) =>
        ip.Probe == ProbeKind.BuiltIn && ResourceCalls.WithoutQuotes(ip.Interface) != Loopback && IPAddress.TryParse(ip.Address, out var address) ? [address] : [];
}
