using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>A floating address that is also a node's own would be moved away from under the keep-alives.</summary>
internal static class FloatingAddressCheck
{
    public static void Check(
        ImmutableArray<NodeSection> nodes, ImmutableArray<ResourceDefinition> resources, ResourceRows rows, DiagnosticBag bag)
    {
        var own = nodes.SelectMany(n => n.KeepAliveAddresses.Select(a => (Address: a, n.Id)))
            .DistinctBy(a => a.Address).ToImmutableSortedDictionary(a => a.Address, a => a.Id, StringComparer.Ordinal);
        var positions = rows.Rows.ToImmutableSortedDictionary(r => r.Id, r => r.Values[1].At);
        foreach (var ip in resources.OfType<IpAddressDefinition>())
        {
            if (!Addresses.TryNormalize(ip.Address, out var address) || !own.TryGetValue(address, out var node)) continue;
            bag.Fatal(positions[ip.Id], $"{ip.Id} has the keep_alive_ip of {node}", "give it an address of its own");
        }
    }
}
