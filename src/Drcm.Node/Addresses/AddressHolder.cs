using System.Net;
using System.Net.Sockets;
using Drcm.Node.Clock;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Addresses;

/// <summary>Puts floating addresses on their interfaces and takes them away, in place of <c>ipv4addr.sh</c>. One lock is around every look at the kernel and
/// what is done because of it: no refresh of a lifetime puts back what a stop in this process has taken away. Thread-safe.</summary>
internal sealed class AddressHolder(NeighbourProbe probe)
{
    /// <summary>Behind the mark of scripts that this stands in for.</summary>
    internal const string BuiltIn = "ip";

    private readonly Lock _lock = new();
    private readonly OwnRemovals _own = new();
    private long _leaseEndTicks;

    /// <summary>By <see cref="MonotonicClock"/>; null: nothing is put anywhere.</summary>
    public TimeSpan? LeaseEnd
    {
        get => Interlocked.Read(ref _leaseEndTicks) is > 0 and var ticks ? new TimeSpan(ticks) : null;
        set => Interlocked.Exchange(ref _leaseEndTicks, value?.Ticks ?? 0);
    }

    /// <summary>Asks the neighbours first, unless it is here already.</summary>
    public async Task<TakeResult> StartAsync(IpAddressDefinition ip, CancellationToken cancellationToken)
    {
        try
        {
            if (Plan(ip, out var link, out var problem) is not { } place) return new TakeResult(problem);
            if (!IsOn(place) && !link!.IsLoopback && await probe.AskAsync(link.Name, place.Address, cancellationToken) is { } holder)
                return new TakeResult($"{place.Address} is answered by {NeighbourProbe.Text(holder)}, which is none of this host's: not taken") { IsConflict = true };
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock) return new TakeResult(Put(place));
        }
        catch (IOException e)
        {
            return new TakeResult($"{ip.Address} could not be put on {ip.Interface}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            return new TakeResult("ended before it was put there");
        }
    }

    /// <summary>From every interface of this host.</summary>
    /// <returns>Empty: it is nowhere. Else why not.</returns>
    public string Stop(IpAddressDefinition ip)
    {
        if (!IPAddress.TryParse(ip.Address, out var address)) return "";
        lock (_lock)
        {
            try
            {
                using var route = new RouteSocket();
                foreach (var held in NetlinkAddresses.List().Where(a => a.Address.Equals(address)))
                {
                    var result = Remove(route, held);
                    if (!result.IsDone && !result.WasGone) return $"{address} could not be taken from {held.Interface}: {result}";
                }
                return "";
            }
            catch (IOException e)
            {
                return $"{address} could not be taken away: {e.Message}";
            }
        }
    }

    /// <summary>Counts the lifetimes of those that are here anew, until a little after the end of the lease. What is not here stays away.</summary>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    public void Refresh(IReadOnlyCollection<IPAddress> addresses)
    {
        lock (_lock)
        {
            if (Lifetime() is not { } lifetime) return;
            using var route = new RouteSocket();
            var all = NetlinkAddresses.List();
            foreach (var held in all.Where(a => addresses.Contains(a.Address))) _ = route.Refresh(WithoutSharedRoute(held.Placed, all), lifetime);
        }
    }

    private static PlacedAddress? Plan(IpAddressDefinition ip, out LinkState? link, out string problem)
    {
        using var route = new RouteSocket();
        return AddressPlace.Of(route, ip, out link, out problem);
    }

    private static bool IsOn(PlacedAddress place) =>
        NetlinkAddresses.List().Exists(a => a.Link == place.Link && a.Address.Equals(place.Address));

    private string Put(PlacedAddress place)
    {
        if (Lifetime() is not { } lifetime) return $"the lease ended before {place.Address} was put there";
        using var route = new RouteSocket();
        var all = NetlinkAddresses.List();
        foreach (var held in all.Where(a => a.Address.Equals(place.Address)))
        {
            // Left by an earlier run, on another interface of the list or otherwise: the kernel would answer on both.
            if (held.Link != place.Link || held.IsDuplicate || held.PrefixLength != place.PrefixLength) _ = Remove(route, held);
        }
        place = WithoutSharedRoute(place, all);
        var result = route.Add(place, lifetime);
        if (result.WasThere) result = route.Refresh(place, lifetime);
        return result.IsDone ? "" : $"{place.Address} could not be put on its interface: {result}";
    }

    /// <summary>Of the kernel's news: taken away by this object. Counted once for each removal.</summary>
    public bool WasOwn(InterfaceAddress gone)
    {
        lock (_lock) return _own.Take(gone);
    }

    /// <summary>News were lost, or begin now: what was taken away before will not be told of.</summary>
    public void ForgetOwn()
    {
        lock (_lock) _own.Clear();
    }

    private RouteResult Remove(RouteSocket route, InterfaceAddress held)
    {
        var result = route.Remove(held.Placed);
        // The news wait for this lock.
        if (result.IsDone) _own.Add(held);
        return result;
    }

    private TimeSpan? Lifetime() =>
        LeaseEnd is { } end && end - MonotonicClock.Now is var rest && rest > TimeSpan.Zero ? rest + TimingRules.LifetimeReserve : null;

    /// <summary>The route to its network belongs to an address that stays, where there is one.</summary>
    private static PlacedAddress WithoutSharedRoute(PlacedAddress place, List<InterfaceAddress> all)
    {
        if (place.Address.AddressFamily != AddressFamily.InterNetworkV6) return place;
        var network = new IPNetwork(Masked(place.Address, place.PrefixLength), place.PrefixLength);
        return place with
        {
            HasPrefixRoute = !all.Exists(a =>
                a.Link == place.Link && !a.Expires && a.PrefixLength == place.PrefixLength && !a.Address.Equals(place.Address) && network.Contains(a.Address)),
        };
    }

    private static IPAddress Masked(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= (byte)~(0xff >> Math.Clamp(prefixLength - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }
}
