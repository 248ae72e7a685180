using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Drcm.Node.Gate;

/// <summary>The gate in the language of nft.</summary>
/// <remarks>A gated address passes while it is in an open set, whose elements time out in the kernel. Only packets of addresses that are on this host are
/// dropped, so a router of the cluster's network forwards for the others. An announcement that somebody else makes is heard: its sender is the address itself.
/// Neighbour discovery is matched by the target, at offset 8 of the message; this nft has no name for it, so its set holds numbers.</remarks>
internal static class GateText
{
    /// <summary>One table for each daemon of a kernel: the run directory is a daemon's alone.</summary>
    internal static string TableName(string node, string runDir)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(runDir));
        var name = new string([.. node.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return $"drcm-{name}-{Convert.ToHexStringLower(digest, 0, 4)}";
    }

    /// <summary>Tables, sets and rules, in place of those of an earlier run.</summary>
    internal static void AppendTables(StringBuilder text, string table, ImmutableArray<IPAddress> gated)
    {
        AppendRemoval(text, table);
        text.Append(CultureInfo.InvariantCulture, $$"""
            table inet {{table}} {
                set gated4 { type ipv4_addr; }
                set gated6 { type ipv6_addr; }
                set target6 { typeof @th,64,128; }
                set open4 { type ipv4_addr; flags timeout; }
                set open6 { type ipv6_addr; flags timeout; }
                set opentarget6 { typeof @th,64,128; flags timeout; }
                chain in {
                    type filter hook prerouting priority -310; policy accept;
                    ip daddr @gated4 ip daddr != @open4 fib daddr type local counter drop
                    ip6 daddr @gated6 ip6 daddr != @open6 fib daddr type local counter drop
                    icmpv6 type nd-neighbor-solicit @th,64,128 @target6 @th,64,128 != @opentarget6 counter drop
                }
                chain out {
                    type filter hook postrouting priority 310; policy accept;
                    ip saddr @gated4 ip saddr != @open4 fib saddr type local counter drop
                    ip6 saddr @gated6 ip6 saddr != @open6 fib saddr type local counter drop
                    icmpv6 type nd-neighbor-advert @th,64,128 @target6 @th,64,128 != @opentarget6 counter drop
                }
            }
            table arp {{table}} {
                set gated4 { type ipv4_addr; }
                set open4 { type ipv4_addr; flags timeout; }
                chain in {
                    type filter hook input priority 0; policy accept;
                    arp daddr ip @gated4 arp daddr ip != @open4 arp saddr ip != @gated4 counter drop
                }
                chain out {
                    type filter hook output priority 0; policy accept;
                    arp saddr ip @gated4 arp saddr ip != @open4 counter drop
                }
            }

            """);
        foreach (var address in gated) AppendElement(text, table, address, "gated", "target6", "");
    }

    /// <summary>Exactly these addresses pass, and only so long. Emptied and filled in one transaction: adding what is there would not count its time anew.</summary>
    internal static void AppendOpening(StringBuilder text, string table, ImmutableArray<IPAddress> open, TimeSpan time)
    {
        text.Append("flush set inet ").Append(table).Append(" open4\nflush set inet ").Append(table).Append(" open6\nflush set inet ")
            .Append(table).Append(" opentarget6\nflush set arp ").Append(table).Append(" open4\n");
        if (time < TimeSpan.FromMilliseconds(1)) return;
        var timeout = string.Create(CultureInfo.InvariantCulture, $" timeout {(long)time.TotalMilliseconds}ms");
        foreach (var address in open) AppendElement(text, table, address, "open", "opentarget6", timeout);
    }

    internal static void AppendRemoval(StringBuilder text, string table)
    {
        foreach (var family in (ReadOnlySpan<string>)["inet", "arp"])
            text.Append(CultureInfo.InvariantCulture, $"add table {family} {table}\ndelete table {family} {table}\n");
    }

    private static void AppendElement(StringBuilder text, string table, IPAddress address, string set, string targetSet, string timeout)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            text.Append(CultureInfo.InvariantCulture, $"add element inet {table} {set}4 {{ {address}{timeout} }}\n");
            text.Append(CultureInfo.InvariantCulture, $"add element arp {table} {set}4 {{ {address}{timeout} }}\n");
            return;
        }
        text.Append(CultureInfo.InvariantCulture, $"add element inet {table} {set}6 {{ {address}{timeout} }}\n");
        text.Append(CultureInfo.InvariantCulture, $"add element inet {table} {targetSet} {{ 0x{Convert.ToHexStringLower(address.GetAddressBytes())}{timeout} }}\n");
    }
}
