using System.Collections.Immutable;
using Drcm.Node.Scripts;

namespace Drcm.Node.Probes;

/// <summary>The interface column of <c>[CM_IPADDRS]</c>: <c>eth0</c>, <c>eth0:1</c>, <c>'eth0|eth1:1'</c>.</summary>
internal static class InterfaceNames
{
    /// <summary>Devices in order of preference, without aliases.</summary>
    internal static ImmutableArray<string> Of(string column) =>
    [
        .. ResourceCalls.WithoutQuotes(column)
            .Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(WithoutAlias),
    ];

    private static string WithoutAlias(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? name : name[..colon];
    }
}
