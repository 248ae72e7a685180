using System.Net;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>Where the engine finds its members: the newest list in the log, committed or not (Raft dissertation, section 4.1: a server uses the latest configuration
/// in its log), else that of the beginning. The engine's own storages take a list over when it is applied: a member that restarts between may then
/// count by a list that is two changes old, and such a majority need not overlap with the newest.</summary>
internal sealed class EngineMembers(MembersFile file, EntryStore store) : IClusterConfigurationStorage<EndPoint>
{
    private readonly Lock _sync = new();
    private (long Index, ReadOnlyMemory<byte> Bytes) _stored = store.NewestList;
    private (long Index, MemberList List) _inForce = Read(file, store.NewestList);
    private LogMember? _candidate;

    public event Func<IClusterConfiguration<EndPoint>, CancellationToken, ValueTask>? ConfigurationChanged;

    /// <summary>Called behind each change of the list in force.</summary>
    public Action? Changed { get; set; }

    /// <summary>The list that counts, and its index in the log; 0 for that of the beginning.</summary>
    public (long Index, MemberList List) InForce
    {
        get
        {
            lock (_sync)
            {
                return _inForce;
            }
        }
    }

    /// <summary>The newest list known to be committed.</summary>
    public MemberList Committed => Read(file, store.ListAt(store.CommitIndex)).List;

    /// <summary>A committed list that counts here, not an empty one of the beginning, has the member no more.</summary>
    public bool IsTakenOut(string name)
    {
        var (index, list) = Read(file, store.ListAt(store.CommitIndex));
        return list.Count > 0 && list.Find(name) is null && InForce.List.Find(name) is null && index > file.Floor && WasMember(name);
    }

    public bool WasMember(string name) => file.Initial.Find(name) is not null || store.HasListWith(name, file.Floor);

    /// <summary>The name that the engine, which knows addresses only, does not give when it adds a member.</summary>
    public LogMember? Candidate
    {
        get => Volatile.Read(ref _candidate);
        set => Volatile.Write(ref _candidate, value);
    }

    /// <summary>To be called whenever entries were added to the log or cut from it.</summary>
    public void Refresh()
    {
        lock (_sync)
        {
            // Another leader's list may have taken the place of one at the same index: the bytes in the store tell.
            var stored = store.NewestList;
            if (stored.Index == _stored.Index && stored.Bytes.Equals(_stored.Bytes))
            {
                return;
            }

            var newest = Read(file, stored);
            (_stored, _inForce) = (stored, newest);

            // The engine queues it, and does not block.
            _ = ConfigurationChanged?.Invoke(new EngineConfiguration(this, newest.List), CancellationToken.None).AsTask();
        }

        Changed?.Invoke();
    }

    public ValueTask<IClusterConfiguration<EndPoint>> LoadConfigurationAsync(CancellationToken token = default) =>
        ValueTask.FromResult<IClusterConfiguration<EndPoint>>(new EngineConfiguration(this, InForce.List));

    /// <summary>Sent beside a snapshot. Ours has its list inside, that of its index; this one would be a later one.</summary>
    ValueTask<(IDataTransferObject Configuration, long Version)> IClusterConfigurationStorage.LoadConfigurationAsync(CancellationToken token) =>
        ValueTask.FromResult<(IDataTransferObject, long)>((new EngineConfiguration(this, MemberList.Empty), 0));

    ValueTask<bool> IClusterConfigurationStorage.SaveConfigurationAsync<TConfiguration>(TConfiguration configuration, long configurationVersion, CancellationToken token) =>
        ValueTask.FromResult(false);

    public void Dispose()
    {
        // The files are the store's.
    }

    private static (long Index, MemberList List) Read(MembersFile file, (long Index, ReadOnlyMemory<byte> Bytes) stored) =>
        stored.Index == 0 ? (0, file.Initial)
        : stored.Index <= file.Floor ? (stored.Index, MemberList.Empty)
        : MemberList.TryRead(stored.Bytes.Span, out var list) ? (stored.Index, list)
        : throw new LogDamagedException($"entry {stored.Index} is a list of members that this release does not know; start the release that wrote it");
}
