using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.Simulation.Cluster;

/// <summary>The invariant, as the world sees it: what is exclusive is active on one host at most. Some overlaps nothing promises to prevent; they are told
/// apart, by reason, and end within the bound that is stated for them, or are violations.</summary>
internal sealed class Overlaps(World world)
{
    private readonly SortedDictionary<ResourceId, TimeSpan> _open = [];
    private ClusterDefinition? _definition;
    private HashSet<ResourceId> _exclusive = [];

    /// <summary>The longest of each reason.</summary>
    public SortedDictionary<string, TimeSpan> NotCovered { get; } = new(StringComparer.Ordinal);

    public void Check(WorldHost[] hosts)
    {
        FollowDefinition();
        foreach (var resource in _open.Keys.ToArray()) Check(resource, hosts);
        foreach (var host in hosts)
        {
            if (!host.IsTouched) continue;
            host.IsTouched = false;
            foreach (var resource in host.Machine.Present)
            {
                if (_exclusive.Contains(resource) && host.IsActive(resource)) Check(resource, hosts);
            }
        }
    }

    private void Check(ResourceId resource, WorldHost[] hosts)
    {
        var holders = 0;
        string? excuse = null;
        foreach (var host in hosts)
        {
            if (!host.IsActive(resource)) continue;
            holders++;
            excuse ??= host.WhyNotCovered(resource);
        }
        if (holders < 2)
        {
            _open.Remove(resource);
            return;
        }
        if (excuse is null)
        {
            world.Fail($"{resource} is active on {string.Join(" and ", hosts.Where(h => h.IsActive(resource)).Select(h => h.Id))}");
            return;
        }
        if (_open.TryAdd(resource, world.Now)) world.Say($"!!! {resource} is active twice: {excuse}");
        var lasted = world.Now - _open[resource] + World.Step;
        if (!NotCovered.TryGetValue(excuse, out var longest) || lasted > longest) NotCovered[excuse] = lasted;
    }

    private void FollowDefinition()
    {
        if (ReferenceEquals(_definition, world.InForce)) return;
        _definition = world.InForce;
        // What was exclusive stays so until it is gone (O14).
        _exclusive = [.. _exclusive, .. Topology.Of(_definition).Resources.Values.Where(r => r.IsExclusive).Select(r => r.Id)];
    }
}
