package cpu

// calls holds the arguments of the running call, see tasker.
type calls struct {
	gemm             gemmCall
	correlation      correlation
	gather           gatherCall
	weights          weightsCall
	depthwise        depthwiseCall
	depthwiseWeights depthwiseWeights
	relu6            relu6Call
	columns          columnsCall
	relu6Backward    relu6BackwardCall
	winograd         winogradCall
	winogradWeights  winogradWeights
	pass             passCalls
}
