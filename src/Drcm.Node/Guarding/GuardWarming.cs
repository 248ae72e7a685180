using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts.Native;
using Drcm.Node.Watchdog;
using Drcm.StateMachine.Guarding;

namespace Drcm.Node.Guarding;

/// <summary>Compiles and binds at the start what the deadline needs: then neither the compiler nor a disk may stand between.</summary>
internal static unsafe class GuardWarming
{
    private static readonly Type[] Types =
    [
        typeof(GuardCore), typeof(GuardLoop), typeof(GuardEffects), typeof(GuardTable), typeof(StopScripts), typeof(GuardLog), typeof(GuardMemory),
        typeof(GroupKiller), typeof(ProcessLook), typeof(AddressRemoval), typeof(GuardCalls), typeof(Posix),
        typeof(HostFence), typeof(WatchdogDevice), typeof(SysrqTrigger), typeof(WatchdogCalls),
    ];

    public static void Run()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var type in Types)
        {
            foreach (var method in type.GetMethods(all))
            {
                if (!method.IsAbstract && !method.ContainsGenericParameters) RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
        Marshal.PrelinkAll(typeof(GuardCalls));
        Marshal.PrelinkAll(typeof(Posix));
        Marshal.PrelinkAll(typeof(WatchdogCalls));
        Rehearse();
        GC.Collect();
    }

    /// <summary>What can be tried without doing anything: an address that nobody can have, a process that cannot be.</summary>
    private static void Rehearse()
    {
        var nobody = stackalloc byte[4];
        *(int*)nobody = 0;
        _ = AddressRemoval.Remove(nobody, 4);
        _ = GroupKiller.EndGroup(int.MaxValue, 0);
        _ = GroupKiller.IsSame(Environment.ProcessId, 0);
    }
}
