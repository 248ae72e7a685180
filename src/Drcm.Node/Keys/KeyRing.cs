using Drcm.Consensus.Transport;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Keys;

/// <summary>The keys in use: what is on disk, and what keep-alives and TLS are told. Disk first: nothing is sent that a restart would forget. Thread-safe.</summary>
internal sealed class KeyRing
{
    private readonly AuthKeyStore _store;
    private readonly Lock _sync = new();

    public KeyRing(AuthKeyStore store)
    {
        _store = store;
        var keys = Derived();
        Codec = new MessageCodec([.. keys.Select(k => k.KeepAlive)]);
        Transport = new TransportKeys([.. keys.Select(k => k.Tls)]);
    }

    public MessageCodec Codec { get; }

    public TransportKeys Transport { get; }

    /// <summary>Of the key that is sent.</summary>
    public string Fingerprint
    {
        get
        {
            lock (_sync) return AuthKeyStore.FingerprintOf(_store.Current);
        }
    }

    /// <summary>The key of that name, if it is here.</summary>
    public byte[]? Find(string fingerprint)
    {
        lock (_sync) return _store.InUse.FirstOrDefault(k => AuthKeyStore.FingerprintOf(k) == fingerprint);
    }

    /// <summary>Accepts one more key.</summary>
    /// <exception cref="IOException">Not stored.</exception>
    public void Take(byte[] key)
    {
        lock (_sync)
        {
            if (_store.InUse.Any(k => k.AsSpan().SequenceEqual(key))) return;
            _store.Take(key);
            Use();
        }
    }

    /// <summary>Does what a step of the rotation to that key asks of this node. Steps of other rotations, long over, do nothing.</summary>
    /// <exception cref="IOException">Not stored; to be asked again.</exception>
    public void Follow(KeyStep step, string fingerprint)
    {
        lock (_sync)
        {
            var mustSwitch = step >= KeyStep.SendNew && Is(_store.Next, fingerprint);
            if (mustSwitch) _store.Switch();
            var mustRetire = step >= KeyStep.RetireOld && Is(_store.Current, fingerprint) && _store.Previous is not null;
            if (mustRetire) _store.Retire();
            if (mustSwitch || mustRetire) Use();
        }
    }

    /// <summary>This node holds to that step, also after a restart.</summary>
    public bool Has(KeyStep step, string fingerprint)
    {
        lock (_sync)
        {
            return step switch
            {
                KeyStep.None or KeyStep.AcceptBoth => _store.InUse.Any(k => Is(k, fingerprint)),
                KeyStep.SendNew => Is(_store.Current, fingerprint),
                _ => Is(_store.Current, fingerprint) && _store.Previous is null,
            };
        }
    }

    private static bool Is(byte[]? key, string fingerprint) => key is not null && AuthKeyStore.FingerprintOf(key) == fingerprint;

    private void Use()
    {
        var keys = Derived();
        Codec.Replace([.. keys.Select(k => k.KeepAlive)]);
        Transport.Replace([.. keys.Select(k => k.Tls)]);
    }

    private AuthKeys[] Derived() => [.. _store.InUse.Select(k => AuthKeys.Derive(k))];
}
