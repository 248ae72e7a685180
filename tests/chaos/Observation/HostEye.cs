using Drcm.Node.Clock;
using Drcm.Node.Storage;
using Drcm.TestHosts;

namespace Drcm.Chaos.Observation;

/// <summary>Looks at one host from outside, with nothing that runs on it.</summary>
internal sealed class HostEye : IDisposable
{
    private readonly TestHost _host;
    private readonly AddressReader _addresses;
    private readonly GateReader _gate;
    private readonly string _crontab;
    private readonly string _lease;
    private readonly string[] _locks;
    private readonly byte[] _leaseBytes = new byte[LeaseFile.FileBytes];

    public HostEye(TestHost host)
    {
        _host = host;
        _addresses = new AddressReader(host);
        _gate = new GateReader(host);
        _crontab = Path.Combine(host.CronDirectory, ChaosConfiguration.Crontab);
        _lease = Path.Combine(host.RunDirectory, LeaseFile.Name);
        _locks = [.. ChaosConfiguration.Services.Select(s => LockTable.NumberOf(ChaosConfiguration.LockFile(host, s)))];
    }

    /// <summary>Addresses as placed; <see cref="AskGate"/> goes on from there.</summary>
    public void Look(LockTable locks, bool[] seen)
    {
        var placed = _addresses.Look([ChaosConfiguration.Front, ChaosConfiguration.Custom]);
        // The disk outlives a power cut, what runs on the host does not.
        var hasCrontab = _host.IsOn && File.Exists(_crontab);
        seen[(int)Sight.AddressPlaced] = seen[(int)Sight.Address] = placed[0];
        seen[(int)Sight.CustomAddressPlaced] = seen[(int)Sight.CustomAddress] = placed[1];
        seen[(int)Sight.CrontabFile] = hasCrontab;
        seen[(int)Sight.Crontab] = hasCrontab && HasLease();
        seen[(int)Sight.ExclusiveService] = locks.IsLocked(_locks[0]);
        seen[(int)Sight.SharedService] = locks.IsLocked(_locks[1]);
    }

    /// <summary>Costs more than the rest together: only where it decides whether two hosts hold an address.</summary>
    public void AskGate(bool[] seen)
    {
        seen[(int)Sight.Address] = seen[(int)Sight.AddressPlaced] && _gate.Passes(ChaosConfiguration.Front);
        seen[(int)Sight.CustomAddress] = seen[(int)Sight.CustomAddressPlaced] && _gate.Passes(ChaosConfiguration.Custom);
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _gate.Dispose();
    }

    /// <summary>The run directory is new with each boot, and so is the file.</summary>
    private bool HasLease()
    {
        try
        {
            using var file = File.OpenHandle(_lease, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, _leaseBytes, 0) == _leaseBytes.Length
                && BitConverter.ToInt64(_leaseBytes, _leaseBytes.Length - sizeof(long)) > MonotonicClock.Now.Ticks;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
