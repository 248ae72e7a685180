using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary><c>arbitration_ip</c>: addresses outside of the cluster that a node of a pair asks whether it is the one that is cut off (T1).</summary>
internal static class ArbitrationReader
{
    private const string Key = "arbitration_ip";

    /// <summary>More would be asked in every sample, and tell nothing more.</summary>
    private const int AddressesMax = 4;

    public static ImmutableArray<string> Read(KeyValues server, ImmutableArray<NodeSection> nodes, ImmutableArray<ResourceDefinition> resources)
    {
        if (!server.Has(Key)) return [];
        server.Bag.Warn(server.PositionOf(Key), $"{Key} is accepted, not yet acted on", "rely on nothing it asks for");
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var value in server.List(Key))
        {
            if (!Addresses.TryNormalize(value.Text, out var address))
                server.Bag.Fatal(value.At, $"{Key} {KeyValues.Shown(value.Text)} is no IP address", "write a literal IPv4 or IPv6 address, as that of the router");
            else if (OwnerOf(address, nodes, resources) is { } owner)
                server.Bag.Fatal(value.At, $"{Key} {address} belongs to {owner}: it would answer for the cluster itself", "name a machine outside of the cluster, as the router");
            else if (!found.Contains(address)) found.Add(address);
        }
        if (found.Count > AddressesMax) server.Bag.Fatal(server.PositionOf(Key), $"{Key} lists {found.Count} addresses", $"list at most {AddressesMax}");
        return found.ToImmutable();
    }

    private static string? OwnerOf(string address, ImmutableArray<NodeSection> nodes, ImmutableArray<ResourceDefinition> resources)
    {
        foreach (var node in nodes)
        {
            if (node.KeepAliveAddresses.Contains(address)) return $"{node.Id}";
        }
        foreach (var ip in resources.OfType<IpAddressDefinition>())
        {
            if (Addresses.TryNormalize(ip.Address, out var floating) && floating == address) return $"{ip.Id}";
        }
        return null;
    }
}
