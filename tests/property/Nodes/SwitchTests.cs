using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>A rule that nobody tries to do without may be no rule: each switch is off in a test or in a broken variant of the simulation, and those say what is missed then.</summary>
public sealed class SwitchTests
{
    public static TheoryData<string> Switches =>
    [
        .. new[] { typeof(ProtocolRules), typeof(ReconcilerRules), typeof(GuardRules) }
            .SelectMany(t => t.GetProperties()).Where(p => p.PropertyType == typeof(bool)).Select(p => p.Name),
    ];

    [Theory]
    [MemberData(nameof(Switches))]
    public void Switch_OfASafetyRule_IsTriedOff(string name)
    {
        var isOff = new Regex($@"\b{name} = (false|rule|!)", RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.Contains(Sources(), file => isOff.IsMatch(File.ReadAllText(file)));
    }

    private static IEnumerable<string> Sources([CallerFilePath] string here = "")
    {
        var tests = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
        return new[] { "property", "simulation" }.SelectMany(p => Directory.EnumerateFiles(Path.Combine(tests, p), "*.cs", SearchOption.AllDirectories));
    }
}
