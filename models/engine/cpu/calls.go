package cpu

// calls holds the arguments of the running call, see tasker.
type calls struct {
	gemm            gemmCall
	correlation     correlation
	gather          gatherCall
	weights         weightsCall
	winograd        winogradCall
	winogradWeights winogradWeights
	pass            passCalls
}
