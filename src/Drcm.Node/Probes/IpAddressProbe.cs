using System.Net;
using Drcm.Node.Addresses;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Probes;

/// <summary>Is the floating address on this host. An address on the wrong interface is neither active nor absent: the kernel
/// answers for it all the same.</summary>
internal static class IpAddressProbe
{
    internal static ProbeResult Look(IpAddressDefinition resource)
    {
        if (!IPAddress.TryParse(resource.Address, out var address))
            return new ProbeResult(ProbeState.Unknown, $"{resource.Address} is no IP address");
        List<InterfaceAddress> all;
        try
        {
            all = NetlinkAddresses.List();
        }
        catch (IOException e)
        {
            return new ProbeResult(ProbeState.Unknown, $"the addresses of this host could not be read: {e.Message}");
        }
        var wanted = InterfaceNames.Of(resource.Interface);
        var holders = all.FindAll(a => a.Address.Equals(address));
        if (holders.Count == 0) return new ProbeResult(ProbeState.Absent, $"{address} is on no interface");
        var here = holders.FindIndex(a => wanted.Contains(a.Interface, StringComparer.Ordinal));
        if (here < 0)
            return new ProbeResult(ProbeState.Unknown, $"{address} is on {holders[0].Interface}, not on {resource.Interface}");
        return holders[here].IsDuplicate
            ? new ProbeResult(ProbeState.Unknown, $"{address} on {holders[here].Interface} is used by another host too")
            : new ProbeResult(ProbeState.Active, $"{address} is on {holders[here].Interface}");
    }
}
