using System.Net;
using System.Runtime.InteropServices;

namespace Drcm.Node.Addresses;

/// <summary>An address on an interface.</summary>
/// <param name="Link">Index of the interface.</param>
/// <param name="Address">IPv4 or IPv6.</param>
/// <param name="PrefixLength">Of its network.</param>
internal readonly record struct PlacedAddress(uint Link, IPAddress Address, int PrefixLength)
{
    /// <summary>IFNAMSIZ without its zero.</summary>
    internal const int LabelCharsMax = 15;

    /// <summary>IPv4 only, <c>eth0:1</c>; empty: the interface's name.</summary>
    public string Label { get; init; } = "";

    /// <summary>False where another address of its network is on the interface: an IPv6 route to the network would expire together with this address.</summary>
    public bool HasPrefixRoute { get; init; } = true;
}

/// <summary>What the kernel said.</summary>
/// <param name="Errno">0: done.</param>
internal readonly record struct RouteResult(int Errno)
{
    private const int Exists = 17;
    private const int NoDevice = 19;
    private const int AddressNotAvailable = 99;

    public bool IsDone => Errno == 0;

    /// <summary>Of an addition: somebody put it there before.</summary>
    public bool WasThere => Errno == Exists;

    /// <summary>Of a removal: it was not there, or its interface is gone.</summary>
    public bool WasGone => Errno is AddressNotAvailable or NoDevice;

    public override string ToString() => Errno == 0 ? "done" : Marshal.GetPInvokeErrorMessage(Errno);
}

/// <param name="Mac">Hardware address; empty if it has none.</param>
internal sealed record LinkState(string Name, uint Index, bool IsUp, bool HasCarrier, bool IsLoopback, byte[] Mac);
