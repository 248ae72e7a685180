namespace Drcm.Consensus.Entries;

/// <summary>Decides, entry by entry in log order, whether an entry takes effect. It sees nothing but the log, so every member decides alike.
/// Not thread-safe: one applier owns it.</summary>
internal sealed class VersionGate
{
    /// <summary>Log index of the newest effective entry; 0 when there is none.</summary>
    public long Version { get; private set; }

    /// <summary>A snapshot stands for everything up to the effective entry of this index.</summary>
    public void Restore(long index) => Version = index;

    /// <summary>True when the entry takes effect, which makes its index the version that the next one must name.</summary>
    public bool Admit(long index, long expectedVersion)
    {
        if (expectedVersion != Version && expectedVersion != LogVersion.Any)
        {
            return false;
        }

        Version = index;
        return true;
    }
}
