using Drcm.Cli.Auth;
using Drcm.Node;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Fuzz.Targets;

/// <summary>The auth key: any bytes are one, if there are enough of them.</summary>
internal sealed class AuthKeyTarget : FuzzTarget
{
    private readonly string _config;
    private readonly string _path;

    public AuthKeyTarget(string directory)
        : base("auth-key")
    {
        _config = Path.Combine(directory, "cm.cfg");
        AuthKeyFile.Create(_config);
        _path = AuthKeyRules.KeyPathOf(_config);
    }

    public override long AllocationMax(int inputBytes) => 2 * 1024 * 1024 + base.AllocationMax(inputBytes);

    public override byte[] Sample(SplitMix64 random) => random.Bytes(random.Chance(0.1) ? AuthKeyRules.KeyLength : 64);

    public override void Feed(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        var report = AuthKeyFile.Describe(_path, _config);
        Require(report.Bytes == input.Length && report.Usable == input.Length is >= AuthKeyRules.KeyLengthMin and <= AuthKeyRules.KeyLengthMax, "the verdict is not about this file");
        if (report.Usable)
        {
            var (one, other) = (AuthKeys.Derive(input), AuthKeys.Derive(input));
            Require(one.Tls.AsSpan().SequenceEqual(other.Tls) && !one.Tls.AsSpan().SequenceEqual(one.KeepAlive), "keys are not derived as they should");
        }
    }

    /// <summary>Derives keys from too little.</summary>
    public override void FeedBroken(byte[] input) => _ = AuthKeys.Derive(input);
}
